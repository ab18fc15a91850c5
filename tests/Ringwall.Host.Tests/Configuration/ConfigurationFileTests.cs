using System.Text;
using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Decide;
using Ringwall.Host.Sandboxes;

namespace Ringwall.Host.Tests.Configuration;

public sealed class ConfigurationFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-config-").FullName;

    [Fact]
    public void An_empty_object_is_the_defaults()
    {
        HostConfiguration read = Good("{}");
        Assert.Equal(["/home", "/root", "/tmp", "/var/tmp"], read.Guard);
        Assert.Equal(TimeSpan.FromMilliseconds(250), read.Deadlines.Exec);
        Assert.Equal(TimeSpan.FromMilliseconds(100), read.Deadlines.Open);
        Assert.Equal(FallbackChoice.Open, read.Fallbacks.Exec);
        Assert.False(read.TellOnly);
        Assert.Empty(read.Mounts);
        Assert.Equal("/run/ringwall", read.RunDirectory);
        Assert.Equal("/var/lib/ringwall", read.StateDirectory);
    }

    [Fact]
    public void Every_key_is_read()
    {
        string sensor = Sensor("yara");
        string rules = Directory.CreateDirectory(Path.Combine(_folder, "rules")).FullName;
        HostConfiguration read = Good($$"""
            {
              // comments are welcome
              "guard": ["/srv/", "/opt/../data"],
              "tellOnly": true,
              "mounts": ["/mnt/t"],
              "runDir": "/run/x",
              "stateDir": "/var/lib/x",
              "deadlines": { "execMs": 400, "openMs": 1 },
              "fallback": { "exec": "closed", "open": "last-known" },
              "journal": { "maxMb": 7, "maxHours": 48, "redact": ["paths", "users"] },
              "withoutGuards": ["deny-budget", "protected-set"],
              "generations": { "keepCount": 3, "keepMb": 100 },
              "sensors": [
                { "name": "yara", "folder": "{{sensor}}", "content": ["{{rules}}"], "grants": ["quarantine", "kill"],
                  "limits": { "memoryMb": 64, "processes": 8, "descriptors": 128, "cpuPercent": 50, "scratchMb": 3, "findingsPerMinute": 10 } },
              ],
            }
            """);
        Assert.Equal(["/srv", "/data"], read.Guard);
        Assert.True(read.TellOnly);
        Assert.Equal(["/mnt/t"], read.Mounts);
        Assert.Equal("/run/x", read.RunDirectory);
        Assert.Equal("/var/lib/x", read.StateDirectory);
        Assert.Equal(TimeSpan.FromMilliseconds(400), read.Deadlines.Exec);
        Assert.Equal(TimeSpan.FromMilliseconds(1), read.Deadlines.Open);
        Assert.Equal(FallbackChoice.Closed, read.Fallbacks.Exec);
        Assert.Equal(FallbackChoice.LastKnown, read.Fallbacks.Open);
        Assert.Equal(new JournalConfiguration { MaxMb = 7, MaxHours = 48, Redact = JournalField.Paths | JournalField.Users }, read.Journal);
        Assert.True(read.WithoutGuards.SetEquals([Guard.ProtectedSet, Guard.DenyBudget]));
        Assert.False(read.Has(Guard.ProtectedSet));
        Assert.True(read.Has(Guard.Undo));
        Assert.Equal(new GenerationRules { KeepCount = 3, KeepMb = 100 }, read.Generations);
        SensorConfiguration only = Assert.Single(read.Sensors);
        Assert.Equal("yara", only.Name);
        Assert.Equal(sensor, only.Folder);
        Assert.Equal([rules], only.Content);
        Assert.Equal(ResponseKinds.Kill | ResponseKinds.Quarantine, only.Grants);
        Assert.Equal(new SensorLimits { MemoryMb = 64, Processes = 8, Descriptors = 128, CpuPercent = 50, ScratchMb = 3, FindingsPerMinute = 10 }, only.Limits);
        Assert.Equal(only.Limits, only.Limits.Without(new HashSet<Guard> { Guard.Undo }));
        SensorLimits loose = only.Limits.Without(new HashSet<Guard> { Guard.Limits, Guard.Quota });
        Assert.True(loose is { MemoryMb: > 64, Processes: > 1000, ScratchMb: SensorLimits.NoQuota, FindingsPerMinute: int.MaxValue, CpuPercent: > 100 });
    }

    [Theory]
    [InlineData("""{ "gard": ["/srv"] }""", "gard", "no such key", "known here: ")]
    [InlineData("""{ "deadlines": { "execMs": 100, "readMs": 1 } }""", "deadlines.readMs", "no such key", "known here: execMs, openMs")]
    [InlineData("""{ "guard": "/srv" }""", "guard", "\"/srv\"", "list of absolute paths")]
    [InlineData("""{ "guard": ["srv"] }""", "guard[0]", "\"srv\"", "absolute path")]
    [InlineData("""{ "guard": ["/ok", 7] }""", "guard[1]", "it is 7", "absolute path")]
    [InlineData("""{ "tellOnly": "yes" }""", "tellOnly", "\"yes\"", "true or false")]
    [InlineData("""{ "runDir": "run" }""", "runDir", "\"run\"", "absolute path")]
    [InlineData("""{ "deadlines": { "execMs": 0 } }""", "deadlines.execMs", "it is 0", "from 1 to 10000")]
    [InlineData("""{ "deadlines": { "execMs": 10001 } }""", "deadlines.execMs", "it is 10001", "from 1 to 10000")]
    [InlineData("""{ "deadlines": { "openMs": "100ms" } }""", "deadlines.openMs", "\"100ms\"", "milliseconds as a whole number")]
    [InlineData("""{ "deadlines": { "openMs": 1.5 } }""", "deadlines.openMs", "it is 1.5", "milliseconds as a whole number")]
    [InlineData("""{ "deadlines": 5 }""", "deadlines", "it is 5", "object")]
    [InlineData("""{ "fallback": { "exec": "Open" } }""", "fallback.exec", "\"Open\"", "\"open\", \"closed\", \"last-known\"")]
    [InlineData("""{ "sensors": {} }""", "sensors", "it is {}", "list of objects")]
    [InlineData("""{ "sensors": [3] }""", "sensors[0]", "it is 3", "object")]
    [InlineData("""{ "sensors": [{ "name": "a", "folder": "/nowhere/at/all" }] }""", "sensors[0].folder", "no folder /nowhere/at/all", "install the sensor")]
    [InlineData("""{ "sensors": [{ "name": "a", "folder": "/proc" }] }""", "sensors[0].folder", "/proc holds no sensor.json", "vendor's package")]
    [InlineData("""{ "sensors": [{ "name": "../x", "folder": "/proc" }] }""", "sensors[0].name", "\"../x\"", "beginning with a letter")]
    [InlineData("""{ "generations": { "keepCount": 1 } }""", "generations.keepCount", "it is 1", "from 2 to 1000")]
    [InlineData("""{ "withoutGuards": "undo" }""", "withoutGuards", "\"undo\"", "list of words")]
    [InlineData("""{ "withoutGuards": ["undo", "Undo"] }""", "withoutGuards[1]", "\"Undo\"", "\"protected-set\", \"deny-budget\"")]
    [InlineData("""{ "sensors": [{ "name": "a", "folder": "/proc", "grants": ["delete"] }] }""", "sensors[0].grants[0]", "\"delete\"", "\"kill\", \"quarantine\"")]
    [InlineData("""{ "journal": { "maxMb": -1 } }""", "journal.maxMb", "it is -1", "from 0 to")]
    [InlineData("""{ "journal": { "redact": ["everything"] } }""", "journal.redact[0]", "\"everything\"", "\"arguments\", \"paths\"")]
    [InlineData("[]", "FILE", "it holds []", "begin with {")]
    public void What_is_wrong_is_named_with_reason_and_remedy(string text, string thing, string reason, string remedy)
    {
        IReadOnlyList<ConfigurationProblem> problems = Bad(text);
        Assert.Contains(problems, problem => problem.Thing.EndsWith(thing, StringComparison.Ordinal)
            && problem.Reason.Contains(reason, StringComparison.Ordinal)
            && problem.Remedy.Contains(remedy, StringComparison.Ordinal));
    }

    [Fact]
    public void Broken_JSON_is_refused_with_line_and_column()
    {
        ConfigurationProblem problem = Assert.Single(Bad("{\n  \"guard\": [\n"));
        Assert.StartsWith("FILE:3:1", problem.Thing, StringComparison.Ordinal);
        Assert.StartsWith("this is not JSON", problem.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", problem.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_stands_twice_is_refused() => Assert.Single(Bad("""{ "tellOnly": true, "tellOnly": false }"""));

    [Fact]
    public void All_problems_are_told_at_once()
    {
        IReadOnlyList<ConfigurationProblem> problems = Bad("""{ "a": 1, "guard": [1], "deadlines": { "execMs": -1 }, "fallback": { "open": 9 } }""");
        Assert.Equal(4, problems.Count);
    }

    [Fact]
    public void Two_sensors_of_one_name_are_refused()
    {
        string sensor = Sensor("same");
        ConfigurationProblem problem = Assert.Single(Bad($$"""{ "sensors": [{ "name": "same", "folder": "{{sensor}}" }, { "name": "same", "folder": "{{sensor}}" }] }"""));
        Assert.Contains("2 sensors are called 'same'", problem.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sensor_without_a_folder_waits_for_its_package() => Assert.Equal("", Good("""{ "sensors": [{ "name": "a" }] }""").Sensors[0].Folder);

    [Fact]
    public void A_file_that_is_not_there_is_one_problem()
    {
        ConfigurationResult result = ConfigurationFile.Read(Path.Combine(_folder, "none.json"));
        Assert.Null(result.Configuration);
        Assert.Single(result.Problems);
    }

    [Fact]
    public void Options_go_before_the_file()
    {
        string file = Path.Combine(_folder, "ringwall.json");
        File.WriteAllText(file, """{ "guard": ["/srv"], "runDir": "/run/a" }""");
        HostOptions? options = HostOptions.Parse(["--config", file, "--run-dir", "/run/b", "--guard", "/opt/", "--tell-only"], out string reason);
        Assert.True(options is not null, reason);
        HostConfiguration read = options.Configure().Configuration!;
        Assert.Equal(["/srv", "/opt"], read.Guard);
        Assert.Equal("/run/b", read.RunDirectory);
        Assert.True(read.TellOnly);
    }

    [Fact]
    public void A_check_tells_of_broken_manifests_too_and_ends_with_2()
    {
        string sensor = Sensor("yara");
        File.WriteAllText(Path.Combine(sensor, "sensor.json"), """{ "name": "\ud800" }""");
        string file = Path.Combine(_folder, "ringwall.json");
        File.WriteAllText(file, $$"""{ "sensors": [{ "name": "yara", "folder": "{{sensor}}" }] }""");
        StringWriter complained = new();
        Assert.True(Errands.TryRun(HostOptions.Parse(["--check", "--config", file], out _)!, TextWriter.Null, complained, out int exit));
        Assert.Equal(2, exit);
        Assert.Contains(sensor, complained.ToString(), StringComparison.Ordinal);
        Assert.True(Errands.TryRun(HostOptions.Parse(["--check"], out _)!, TextWriter.Null, TextWriter.Null, out exit));
        Assert.Equal(0, exit);
    }

    [Theory]
    [InlineData("{ not json")]
    [InlineData("{}")]
    [InlineData("[null]")]
    [InlineData("[{}]")]
    public void A_check_tells_of_broken_overrides_and_a_host_does_not_start_with_them(string text)
    {
        string file = Path.Combine(_folder, OverrideBook.Name);
        File.WriteAllText(file, text);
        StringWriter complained = new();
        Assert.True(Errands.TryRun(HostOptions.Parse(["--check", "--state-dir", _folder], out _)!, TextWriter.Null, complained, out int exit));
        Assert.Equal(2, exit);
        Assert.Contains(file, complained.ToString(), StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => new OverrideBook(_folder, new Overrides(), () => { }));
    }

    [Fact]
    public void What_is_protected_is_widened_and_narrowed()
    {
        ProtectConfiguration protect = Good("""{ "protect": { "add": ["/srv/app/"], "remove": ["/bin/zsh"], "packages": false } }""").Protect;
        Assert.Equal(["/srv/app"], protect.Add);
        Assert.Equal(["/bin/zsh"], protect.Remove);
        Assert.False(protect.Packages);
        Assert.True(Good("{}").Protect.Packages);
        Assert.Contains("absolute path", Assert.Single(Bad("""{ "protect": { "add": ["bin/sh"] } }""")).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Budgets_are_numbers_of_which_0_is_none()
    {
        BudgetConfiguration budgets = Good("""{ "budgets": { "deniesPerMinute": 7, "protectedPerHour": 0 } }""").Budgets;
        Assert.Equal(new BudgetConfiguration { DeniesPerMinute = 7, ProtectedPerHour = 0 }, budgets);
        Assert.Contains("from 0 to 10000", Assert.Single(Bad("""{ "budgets": { "deniesPerHour": -1 } }""")).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_directory_that_is_too_long_for_a_socket_is_refused()
    {
        ConfigurationResult result = HostOptions.Parse(["--run-dir", $"/run/{new string('x', 100)}"], out _)!.Configure();
        Assert.Null(result.Configuration);
        Assert.Contains("107 bytes", Assert.Single(result.Problems).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("--config")]
    public void Arguments_that_mean_nothing_are_refused(string argument)
    {
        Assert.Null(HostOptions.Parse([argument], out string reason));
        Assert.Contains(argument, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_key_stands_in_the_document()
    {
        string document = File.ReadAllText(Path.Combine(Root(), "docs/configuration.md"));
        string sensor = Sensor("any");
        string broken = $$"""
            { "?": 1, "deadlines": { "?": 1 }, "fallback": { "?": 1 }, "protect": { "?": 1 }, "budgets": { "?": 1 }, "generations": { "?": 1 },
              "sensors": [{ "name": "any", "folder": "{{sensor}}", "?": 1, "limits": { "?": 1 } }] }
            """;
        _ = SensorManifestFile.Parse("""{ "?": 1 }"""u8.ToArray(), "FILE", out IReadOnlyList<ConfigurationProblem> manifest);
        Assert.Contains(manifest, problem => problem.Remedy.Contains("asks", StringComparison.Ordinal));
        string[] keys = [.. Bad(broken).Concat(manifest.Where(problem => problem.Remedy.Contains("known here", StringComparison.Ordinal))).SelectMany(problem => problem.Remedy.Split("known here: ")[1].Split(';')[0].Split(", "))];
        Assert.True(keys.Length >= 30, $"only {keys.Length} keys are known, so this test does not see them");
        Assert.All(keys, key => Assert.Contains($"| `{key}` |", document, StringComparison.Ordinal));
        Assert.All(GuardWords.All, word => Assert.Contains($"| `\"{word}\"` |", document, StringComparison.Ordinal));
    }

    [Fact]
    public void Whatever_the_bytes_are_the_answer_is_a_configuration_or_a_reason()
    {
        Random random = new(20_240_719);
        byte[] seed = Encoding.UTF8.GetBytes("""{ "guard": ["/srv"], "deadlines": { "execMs": 400 }, "fallback": { "exec": "closed" }, "tellOnly": true }""");
        int good = 0;
        int bad = 0;
        for (int i = 0; i < 5_000; i++)
        {
            byte[] text = [.. seed];
            for (int change = random.Next(4); change > 0; change--)
            {
                text[random.Next(text.Length)] = (byte)random.Next(256);
            }

            ConfigurationResult result = ConfigurationFile.Parse(text, "FILE");
            Assert.NotEqual(result.Configuration is null, result.Problems.Count == 0);
            good += result.Configuration is null ? 0 : 1;
            bad += result.Configuration is null ? 1 : 0;
        }

        Assert.True(good > 100 && bad > 100, $"{good} good and {bad} bad files, so this run proved nothing");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Root([System.Runtime.CompilerServices.CallerFilePath] string caller = "")
    {
        string folder = Path.GetDirectoryName(caller)!;
        while (!File.Exists(Path.Combine(folder, "Ringwall.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }

    private static HostConfiguration Good(string text)
    {
        ConfigurationResult result = ConfigurationFile.Parse(Encoding.UTF8.GetBytes(text), "FILE");
        Assert.True(result.Configuration is not null, string.Join('\n', result.Problems));
        return result.Configuration;
    }

    private static IReadOnlyList<ConfigurationProblem> Bad(string text)
    {
        ConfigurationResult result = ConfigurationFile.Parse(Encoding.UTF8.GetBytes(text), "FILE");
        Assert.Null(result.Configuration);
        return result.Problems;
    }

    private string Sensor(string name)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        File.WriteAllText(Path.Combine(folder, "sensor.json"), "{}");
        return folder;
    }
}
