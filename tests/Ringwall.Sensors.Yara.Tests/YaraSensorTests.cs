using Ringwall.Contract;
using Ringwall.Sdk;
using Ringwall.Sdk.Testing;
using Ringwall.Sensors.Yara.Engine;
using Ringwall.Sensors.Yara.Sensing;

namespace Ringwall.Sensors.Yara.Tests;

public sealed class YaraSensorTests : IDisposable
{
    // Takes hours for a large file, and a moment for a small one: it compares every byte's place with every other's.
    private const string SlowRule = """
        rule Slow { condition: filesize > 100000 and for all i in (0..filesize) : ( for all j in (0..filesize) : ( i + j >= 0 ) ) }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly List<RuleFault> _faults = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_matches_is_denied_and_reported_with_rule_file_and_actor()
    {
        using SensorTrial trial = StartShipped();
        string eicar = _folder.Write("eicar.com", Samples.Eicar());

        TrialVerdict verdict = trial.Judge(EventClass.Open, eicar);
        Assert.Equal((Verdict.Deny, true), (verdict.Verdict, verdict.Cacheable));
        Assert.StartsWith("YARA rule EICAR_Test_File: ", verdict.Reason, StringComparison.Ordinal);

        FindingMessage finding = trial.WaitFinding();
        Assert.Equal("EICAR_Test_File", finding.RuleId);
        Assert.Equal(Severity.Medium, finding.Severity);
        Assert.Equal(["test"], finding.Tags);
        Assert.NotEqual("", finding.Description);
        Assert.Equal(eicar, System.Text.Encoding.UTF8.GetString(finding.Path.Span));
        Assert.Equal((uint)Environment.ProcessId, finding.Actor!.Pid);
        Assert.Equal(verdict.Ticket, finding.Ticket);
        Assert.Equal(0, trial.Stop());
    }

    [Fact]
    public void A_clean_file_is_allowed_and_may_be_remembered()
    {
        using SensorTrial trial = StartShipped();
        foreach (EventClass kind in (EventClass[])[EventClass.Exec, EventClass.Open])
        {
            TrialVerdict verdict = trial.Judge(kind, "/bin/ls");
            Assert.Equal((Verdict.Allow, true), (verdict.Verdict, verdict.Cacheable));
        }

        TrialVerdict empty = trial.Judge(EventClass.Open, _folder.Write("empty", ""));
        Assert.Equal((Verdict.Allow, true), (empty.Verdict, empty.Cacheable));
        Assert.Equal(0, trial.Stop());
    }

    [Fact]
    public void What_is_no_regular_file_is_allowed_and_not_remembered()
    {
        using SensorTrial trial = StartShipped();
        TrialVerdict verdict = trial.Judge(EventClass.Open, "/dev/null");
        Assert.Equal((Verdict.Allow, false), (verdict.Verdict, verdict.Cacheable));
    }

    [Fact]
    public void A_verdict_that_depends_on_the_name_is_not_remembered()
    {
        using SensorTrial trial = Start("rule Named { condition: filename == \"evil\" }");
        TrialVerdict good = trial.Judge(EventClass.Open, _folder.Write("good", "x"));
        Assert.Equal((Verdict.Allow, false), (good.Verdict, good.Cacheable));
        TrialVerdict evil = trial.Judge(EventClass.Open, _folder.Write("evil", "x"));
        Assert.Equal((Verdict.Deny, false), (evil.Verdict, evil.Cacheable));
    }

    [Fact]
    public void A_scan_that_does_not_end_in_time_is_answered_in_time_and_not_remembered()
    {
        // Deadlines: the trial sends each ask with its own, and the SDK drops a verdict that comes after it, so a verdict that
        // arrives was in time. The rule would take hours.
        using SensorTrial trial = Start(SlowRule, new YaraSensorSettings { LongestLateScan = TimeSpan.FromMilliseconds(100) });
        string large = _folder.Write("large", new byte[4 << 20]);

        TrialVerdict verdict = Judge(trial, large);
        Assert.Equal((Verdict.Allow, false), (verdict.Verdict, verdict.Cacheable));

        // The scan behind the answer may be over before the answer's own finding is sent.
        FindingMessage[] said = [trial.WaitFinding(), trial.WaitFinding()];
        Assert.All(said, finding => Assert.Equal(("ringwall.yara.not-scanned-in-time", verdict.Ticket), (finding.RuleId, finding.Ticket)));
        Assert.Contains(said, finding => finding.Description.Contains("The scan goes on", StringComparison.Ordinal));
        Assert.Contains(said, finding => finding.Description.Contains("not finished after 0.1 s", StringComparison.Ordinal));

        // Known not to finish: no time is spent on it again, and nobody is told again.
        Assert.Equal((Verdict.Allow, false), Judged(trial, large));
        Assert.Equal((Verdict.Allow, true), Judged(trial, _folder.Write("small", "x")));
        Assert.Contains("1 asks answered without a scan", trial.AskHealth().Note, StringComparison.Ordinal);
        Assert.Equal(0, trial.Stop());
    }

    [Fact]
    public void The_operator_may_have_denied_what_cannot_be_scanned_in_time()
    {
        using SensorTrial trial = Start(SlowRule, new YaraSensorSettings { LongestLateScan = TimeSpan.FromMilliseconds(100), DenyUnscanned = true });
        Assert.Equal((Verdict.Deny, false), Judged(trial, _folder.Write("large", new byte[4 << 20])));
        Assert.Equal((Verdict.Allow, true), Judged(trial, _folder.Write("small", "x")));
    }

    [Fact]
    public void No_file_is_let_through_unscanned_without_a_finding_even_when_too_many_scans_wait()
    {
        using SensorTrial trial = Start(SlowRule, new YaraSensorSettings { LongestLateScan = TimeSpan.FromSeconds(8) });
        List<string> told = [];

        // One is being scanned, sixteen wait: the next one has no place. On a slow machine the first scan may be over before that, and then one more has.
        for (int i = 0; i < 50 && !told.Exists(description => description.Contains("Too many scans wait", StringComparison.Ordinal)); i++)
        {
            string large = _folder.Write($"large{i}", "");
            using (FileStream sparse = File.OpenWrite(large))
            {
                sparse.SetLength(YaraSensor.LargestInTime + 1);
            }

            TrialVerdict verdict = Judge(trial, large);
            Assert.Equal((Verdict.Allow, false), (verdict.Verdict, verdict.Cacheable));
            FindingMessage own = trial.WaitFinding();
            while (own.Ticket != verdict.Ticket)
            {
                own = trial.WaitFinding();      // that of a scan that is over
            }

            told.Add(own.Description);
        }

        Assert.True(told.Count > 16, $"{told.Count} were told, and sixteen may wait");
        Assert.Contains("The scan goes on", told[0], StringComparison.Ordinal);
        Assert.Contains("Too many scans wait", told[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_too_large_for_any_deadline_is_scanned_behind_the_answer_and_the_result_counts_from_then_on()
    {
        using SensorTrial trial = Start("rule Tail { strings: $a = \"needle\" condition: $a }");
        byte[] content = new byte[YaraSensor.LargestInTime + 1000];
        string clean = _folder.Write("clean", content);
        "needle"u8.CopyTo(content.AsSpan(content.Length - 100));
        string bad = _folder.Write("bad", content);

        Assert.Equal((Verdict.Allow, false), Judged(trial, bad));

        // The scan behind the answer may be over before the answer's own finding is sent.
        FindingMessage[] said = [trial.WaitFinding(), trial.WaitFinding()];
        Assert.Contains(said, finding => finding.RuleId == "ringwall.yara.not-scanned-in-time");
        FindingMessage late = Assert.Single(said, finding => finding.RuleId == "Tail");
        Assert.Equal(bad, System.Text.Encoding.UTF8.GetString(late.Path.Span));
        Assert.NotNull(late.Actor);

        Assert.Equal((Verdict.Deny, false), Judged(trial, bad));
        Assert.Equal("Tail", trial.WaitFinding().RuleId);
        Assert.Equal((Verdict.Allow, false), Judged(trial, clean));

        // Changed, it is another file.
        File.WriteAllText(bad, "harmless");
        Assert.Equal((Verdict.Allow, true), Judged(trial, bad));
        Assert.Equal(0, trial.Stop());
    }

    [Fact]
    public void A_file_beyond_the_limit_is_let_through_and_that_is_said()
    {
        using SensorTrial trial = Start("rule Any { condition: true }", new YaraSensorSettings { LargestFile = 1 << 20 });
        string huge = Path.Combine(_folder.Path, "huge");
        using (FileStream file = File.Create(huge))
        {
            file.SetLength(YaraSensor.LargestInTime + 1L);
        }

        Assert.Equal((Verdict.Allow, false), Judged(trial, huge));

        // The scan behind the answer may be over before the answer's own finding is sent.
        string[] said = [trial.WaitFinding().Description, trial.WaitFinding().Description];
        Assert.Contains(said, description => description.Contains("it is large.", StringComparison.Ordinal));
        Assert.Contains(said, description => description.Contains("larger than 1 MiB", StringComparison.Ordinal));
    }

    [Fact]
    public void A_refused_rule_file_is_a_finding_and_the_others_judge()
    {
        string bad = _folder.Write("rules/bad.yar", "rule Bad {");
        using SensorTrial trial = Start("rule Good { condition: true }");
        FindingMessage finding = trial.WaitFinding();
        Assert.Equal("ringwall.yara.rule-refused", finding.RuleId);
        Assert.StartsWith(bad + ":", finding.Description, StringComparison.Ordinal);
        Assert.Equal((Verdict.Deny, true), Judged(trial, _folder.Write("x", "x")));
    }

    [Fact]
    public void Many_asks_at_once_are_all_answered()
    {
        using SensorTrial trial = StartShipped();
        string eicar = _folder.Write("eicar.com", Samples.Eicar());
        string clean = _folder.Write("clean", "nothing");
        var denied = new HashSet<ulong>();

        // More than the workers and fewer than a socket's buffer holds: the trial does not wait for room.
        const int AtOnce = 16;
        for (int round = 0; round < 12; round++)
        {
            for (int i = 0; i < AtOnce; i++)
            {
                ulong ticket = trial.SendAsk(EventClass.Open, i % 5 == 0 ? eicar : clean, TimeSpan.FromSeconds(20));
                if (i % 5 == 0)
                {
                    denied.Add(ticket);
                }
            }

            for (int i = 0; i < AtOnce; i++)
            {
                TrialVerdict verdict = trial.WaitVerdict();
                Assert.Equal(verdict.Verdict == Verdict.Deny, denied.Contains(verdict.Ticket));
            }
        }

        Assert.Equal(0, trial.Stop());
    }

    [Theory]
    [InlineData(100, 75)]
    [InlineData(16, 11)]
    [InlineData(4, -1)]
    [InlineData(-5, -10)]
    public void Some_of_the_time_is_kept_for_the_way_back(int leftMs, int budgetMs) =>
        Assert.Equal(TimeSpan.FromMilliseconds(budgetMs), YaraSensorSettings.Budget(TimeSpan.FromMilliseconds(leftMs)));

    [Theory]
    [InlineData("severity", "critical", Severity.Critical)]
    [InlineData("Severity", "Informational", Severity.Informational)]
    [InlineData("severity", "2", Severity.Low)]
    [InlineData("severity", "9", Severity.High)]
    [InlineData("severity", "none", Severity.High)]
    [InlineData("score", "85", Severity.Critical)]
    [InlineData("score", "45", Severity.Medium)]
    [InlineData("author", "somebody", Severity.High)]
    public void Severity_is_understood_in_several_forms(string name, string value, Severity expected) =>
        Assert.Equal(expected, MatchFinding.SeverityOf(new RuleMatch("R", "f", [], [new RuleMeta(name, value)])));

    [Fact]
    public void The_manifest_says_of_the_sensor_what_its_hello_says()
    {
        using System.Text.Json.JsonDocument manifest = System.Text.Json.JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Repository.Root, "sensors", "yara", "sensor.json")));
        using SensorTrial trial = StartShipped();
        Assert.Equal(trial.Hello.Name, manifest.RootElement.GetProperty("name").GetString());
        Assert.Equal(trial.Hello.EngineVersion, manifest.RootElement.GetProperty("version").GetString());
        Assert.Equal(trial.Hello.Vendor, manifest.RootElement.GetProperty("vendor").GetString());
        Assert.Equal(["exec", "open"], manifest.RootElement.GetProperty("asks").EnumerateArray().Select(ask => ask.GetString()));
        Assert.Equal(AskKinds.Exec | AskKinds.Open, trial.Hello.Asks);

        // The engine; the host finds what that needs in turn.
        string library = Assert.Single(manifest.RootElement.GetProperty("libraries").EnumerateArray()).GetString()!;
        Assert.Contains(library, YaraLibrary.Names);
    }

    [Fact]
    public void Content_folders_come_after_the_own_rules_in_the_order_of_their_numbers()
    {
        string own = _folder.Write("own/a.yar", "rule A { condition: true }");
        string second = _folder.Write("content/2/b.yar", "rule B { condition: true }");
        string tenth = _folder.Write("content/10/c.yar", "rule C { condition: true }");
        string named = _folder.Write("named/d.yar", "rule D { condition: true }");
        IReadOnlyList<string> files = SensorContent.Files(
            Path.GetDirectoryName(own)!, Path.Combine(_folder.Path, "content"), [Path.GetDirectoryName(named)!, "/not/there"], _faults);
        Assert.Equal([own, second, tenth, named], files);
        Assert.Equal("/not/there", Assert.Single(_faults).File);

        string version = SensorContent.Version(files);
        Assert.Equal(version, SensorContent.Version(files));
        File.AppendAllText(tenth, "\n");
        Assert.NotEqual(version, SensorContent.Version(files));
    }

    private static (Verdict Verdict, bool Cacheable) Judged(SensorTrial trial, string file)
    {
        TrialVerdict verdict = Judge(trial, file);
        return (verdict.Verdict, verdict.Cacheable);
    }

    private static TrialVerdict Judge(SensorTrial trial, string file) => trial.Judge(EventClass.Open, file);

    private SensorTrial Start(string rule, YaraSensorSettings? settings = null)
    {
        _folder.Write("rules/rules.yar", rule);
        return Start(RuleFiles.Below(Path.Combine(_folder.Path, "rules"), []), settings);
    }

    private SensorTrial StartShipped() => Start(RuleFiles.Below(Repository.ShippedRules, []), null);

    private SensorTrial Start(IReadOnlyList<string> files, YaraSensorSettings? settings)
    {
        RuleSet rules = RuleLoader.Load(files, _faults);
        var sensor = new YaraSensor(settings ?? new YaraSensorSettings(), rules, _faults, SensorContent.Version(files));
        return SensorTrial.Start(sensor, new SensorOptions { Workers = 2 });
    }
}
