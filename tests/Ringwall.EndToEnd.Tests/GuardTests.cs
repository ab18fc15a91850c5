using System.Text.Json;

namespace Ringwall.EndToEnd.Tests;

/// <summary>What a person sees of the published programs.</summary>
[Collection("guard")]
public sealed class GuardTests
{
    [Fact]
    public void The_test_file_is_denied_a_harmless_one_is_not_and_both_are_told()
    {
        using Installed installed = new();
        string bad = installed.Eicar("bad");
        string good = installed["good"];
        File.WriteAllText(good, "harmless");

        Assert.False(Installed.CanOpen(bad));
        Assert.True(Installed.CanOpen(good));
        string? line = null;
        Shell.Await(() => (line = WholeLines(installed.Findings).FirstOrDefault(told => told.Contains(bad, StringComparison.Ordinal))) is not null, "a finding is written", installed.Log);
        using JsonDocument finding = JsonDocument.Parse(line!);
        Assert.Equal(2004, finding.RootElement.GetProperty("class_uid").GetInt32());
        Assert.Contains("deny", installed.Ringwall("explain", bad).Out, StringComparison.Ordinal);

        Assert.Equal(0, installed.Ringwall("allow", bad).Exit);
        Assert.True(Installed.CanOpen(bad));
        Assert.Equal(0, installed.Ringwall("allow", "--remove", bad).Exit);
        Assert.False(Installed.CanOpen(bad));
    }

    [Fact]
    public void An_operator_stops_starts_and_restarts_a_sensor()
    {
        using Installed installed = new();
        string bad = installed.Eicar("bad");
        Assert.False(Installed.CanOpen(bad));
        Assert.Equal(0, installed.Ringwall("sensors", "stop", "yara").Exit);
        Shell.Await(() => Installed.CanOpen(bad), "nobody denies it any more", installed.Log);
        Assert.Equal(0, installed.Ringwall("sensors", "start", "yara").Exit);
        Shell.Await(() => !Installed.CanOpen(bad), "it is denied again", installed.Log);
        int before = installed.Status()!.Sensors.Single(sensor => sensor.Name == "yara").Pid;
        Assert.Equal(0, installed.Ringwall("sensors", "restart", "yara").Exit);
        Shell.Await(() => installed.Status()?.Sensors.Single(sensor => sensor.Name == "yara") is { State: "running", Pid: var now } && now != before, "it runs anew", installed.Log);
        Assert.All(installed.Status()!.Sensors, sensor => Assert.Equal(0, sensor.Strikes));
    }

    [Fact]
    public void It_guards_the_filesystem_that_it_lives_on_and_writes_about_hundreds_of_denials_there()
    {
        using Installed installed = new(fallback: "closed", livesInside: true);
        string[] bad = [.. Enumerable.Range(0, 200).Select(i => installed.Eicar($"bad{i}"))];

        // Each denial is written down below the guarded path, while the next ones are being asked about.
        string said = Shell.Must(
            "/bin/sh", "-c", $"cd {installed.Mount}; for i in $(seq 0 199); do (cat bad$i >/dev/null 2>&1 && echo allowed || echo refused) & done; wait");
        Assert.Equal(bad.Length, said.Split('\n').Count(line => line == "refused"));
        File.WriteAllText(installed["marked"], "here is a mark of the test");
        Assert.False(Installed.CanOpen(installed["marked"]));

        // A sensor that starts anew opens its content from there. Until it judges again, a closed machine lets nobody open anything.
        File.WriteAllText(installed["good"], "harmless");
        Assert.Equal(0, installed.Ringwall("sensors", "restart", "yara").Exit);
        Shell.Await(() => Installed.CanOpen(installed["good"]) && !Installed.CanOpen(installed["marked"]), "it judges again, with its content", installed.Log);
        Shell.Await(() => WholeLines(installed.Findings).Any(line => line.Contains("bad", StringComparison.Ordinal)), "findings are written", installed.Log);
    }

    [Fact]
    public void A_second_host_is_refused_and_the_first_goes_on()
    {
        using Installed installed = new();
        using System.Diagnostics.Process second = installed.Start(Environment.ProcessId);
        Assert.True(second.WaitForExit(Shell.Patience), "the second keeper does not end");
        Assert.Equal(5, second.ExitCode);
        Assert.Contains("another host runs", installed.Log(), StringComparison.Ordinal);
        Assert.False(Installed.CanOpen(installed.Eicar("bad")));
    }

    [Fact]
    public void A_broken_configuration_is_refused_before_anything_is_guarded()
    {
        string file = Path.Combine(Path.GetTempPath(), $"ringwall-{Guid.NewGuid():N}.json");
        File.WriteAllText(file, """{ "guarb": ["/tmp"], "deadlines": { "execMs": "soon" } }""");
        (int exit, _, string said) = Shell.Run($"{Installed.Published}/bin/ringwall-keeper", "--", $"{Installed.Published}/bin/ringwalld", "--config", file);
        File.Delete(file);
        Assert.Equal(2, exit);
        Assert.Contains("guarb", said, StringComparison.Ordinal);
        Assert.Contains("execMs", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("overrides.json", 2)]
    [InlineData("stateDir", 1)]
    [InlineData("no host", 1)]
    public void What_keeps_the_first_host_from_starting_is_told_once_and_ends_the_keeper(string broken, int code)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: the keeper asks the kernel for a permission group");
        string home = Directory.CreateTempSubdirectory("ringwall-e2e-").FullName;
        string state = Path.Combine(home, broken == "stateDir" ? "file" : "state");
        Directory.CreateDirectory(Path.Combine(home, "state"));
        File.WriteAllText(Path.Combine(home, "file"), "");
        File.WriteAllText(Path.Combine(home, "state", "overrides.json"), broken == "overrides.json" ? "{ this is none" : "[]");
        string host = broken == "no host" ? $"{home}/none" : $"{Installed.Published}/bin/ringwalld";
        (int exit, _, string said) = Shell.Run($"{Installed.Published}/bin/ringwall-keeper", "--", host, "--run-dir", $"{home}/run", "--state-dir", state, "--tell-only");
        Directory.Delete(home, recursive: true);
        Assert.Equal(code, exit);
        Assert.Single(said.Trim().Split('\n'));
        Assert.Contains(home, said, StringComparison.Ordinal);
    }

    [Fact]
    public void When_the_owner_is_gone_everything_is_and_the_machine_is_as_it_was()
    {
        Installed installed = new();
        string bad = installed.Eicar("bad");
        Seen seen = installed.Status()!;
        Assert.False(Installed.CanOpen(bad));
        installed.EndOwner();
        int[] all = [seen.Host, seen.Keeper, .. seen.Sensors.Select(sensor => sensor.Pid)];
        Shell.Await(() => all.All(pid => !Directory.Exists($"/proc/{pid}") || IsZombie(pid)), "every process has ended", installed.Log);
        Assert.True(Installed.CanOpen(bad));
        Assert.Empty(Directory.EnumerateDirectories("/sys/fs/cgroup", $"ringwall.{seen.Host}.*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4 }));
        installed.Dispose();
    }

    [Fact]
    public void An_upgrade_hands_over_without_a_moment_in_which_a_closed_machine_is_open()
    {
        using Installed installed = new(fallback: "closed");
        string good = installed["good"];
        File.WriteAllText(good, "harmless");
        int before = installed.Status()!.Host;
        Assert.Equal(0, installed.Ringwall("hand-over").Exit);
        Shell.Await(() => installed.Status() is { Host: var now } status && now != before && status.Sensors.All(sensor => sensor.State == "running"), "the next host runs", installed.Log);
        Assert.False(Installed.CanOpen(installed.Eicar("bad")));
        Shell.Await(() => Installed.CanOpen(good), "what is harmless is allowed", installed.Log);
    }

    [Fact]
    public void A_closed_machine_starts_the_host_that_an_upgrade_put_in_the_place_of_the_old_one()
    {
        using Installed installed = new(fallback: "closed", programsInside: true);
        string good = installed["good"];
        File.WriteAllText(good, "harmless");
        int before = installed.Status()!.Host;
        Shell.Must("cp", installed.HostProgram, $"{installed.HostProgram}.new");
        Shell.Must("mv", $"{installed.HostProgram}.new", installed.HostProgram);
        Assert.Equal(0, installed.Ringwall("hand-over").Exit);
        Shell.Await(() => installed.Status() is { Host: var now } status && now != before && status.Sensors.All(sensor => sensor.State == "running"), "the new host runs", installed.Log);
        Shell.Await(() => Installed.CanOpen(good), "what is harmless is allowed", installed.Log);
    }

    // The last one may be half-way written.
    private static string[] WholeLines(string file) => File.Exists(file) ? File.ReadAllText(file).Split('\n')[..^1] : [];

    // Process 1 of a container may not reap what it adopts.
    internal static bool IsZombie(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }
}

/// <summary>Guards the same machine: one at a time.</summary>
[CollectionDefinition("guard", DisableParallelization = true)]
public sealed class GuardCollection;
