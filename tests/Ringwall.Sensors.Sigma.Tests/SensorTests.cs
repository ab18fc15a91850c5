using System.Net;
using System.Text;
using Ringwall.Contract;
using Ringwall.Sdk.Testing;
using Ringwall.Sensors.Sigma.Indexing;
using Ringwall.Sensors.Sigma.Reading;
using Ringwall.Sensors.Sigma.Sensing;

namespace Ringwall.Sensors.Sigma.Tests;

/// <summary>The sensor over a real socket: tell events in, findings out.</summary>
public sealed class SensorTests
{
    private static readonly ProcessRecord Shell = new() { Pid = 10, Start = 100, Executable = "/usr/bin/bash", Uid = 1000 };

    [Fact]
    public void It_says_who_it_is_and_asks_for_tells_alone()
    {
        RulePack pack = Pack("Image: /x");
        using SensorTrial trial = SensorTrial.Start(new SigmaSensor(pack));
        Assert.Equal("sigma", trial.Hello.Name);
        Assert.Equal(pack.Version, trial.Hello.ContentVersion);
        Assert.Equal(AskKinds.None, trial.Hello.Asks);
        Assert.Equal(TellKinds.Process | TellKinds.File | TellKinds.Network, trial.Hello.Tells);
        Assert.Equal("1 rules, 0 refused, 0 findings withheld", trial.AskHealth().Note);
        Assert.Equal(0, trial.Stop());
    }

    [Fact]
    public void Each_refused_rule_is_a_finding_up_to_a_bound_and_the_note_counts_all()
    {
        RulePack pack = RulePack.Parse(string.Join("---\n", Enumerable.Range(0, 60).Select(i => $"title: broken {i}\n")), "pack.yml");
        Assert.Equal(60, pack.Faults.Count);
        using SensorTrial trial = SensorTrial.Start(new SigmaSensor(pack));
        List<FindingMessage> told = [.. Enumerable.Range(0, 51).Select(_ => trial.WaitFinding())];
        Assert.All(told, finding => Assert.Equal("ringwall.sigma.rule-refused", finding.RuleId));
        Assert.StartsWith("pack.yml:1: ", told[0].Description, StringComparison.Ordinal);
        Assert.StartsWith("10 more", told[50].Title, StringComparison.Ordinal);
        Assert.Contains("60 refused", trial.AskHealth().Note, StringComparison.Ordinal);
        Assert.Equal(0, trial.Stop());
    }

    [Fact]
    public void A_match_becomes_a_finding_with_all_that_the_rule_says()
    {
        RulePack pack = RulePack.Parse(
            """
            title: Title
            id: 7d3f6c0e-5d5c-4c4b-9d6a-1f0c2b1a9e77
            description: Why it matters.
            level: critical
            tags: [attack.execution, attack.t1059]
            logsource: {product: linux, category: process_creation}
            detection:
              a: {Image: /usr/bin/nc}
              condition: a
            """,
            "test.yml");
        using SensorTrial trial = SensorTrial.Start(new SigmaSensor(pack));
        trial.Tell(Start(41, "/usr/bin/ls"), Start(42, "/usr/bin/nc", "nc", "-l"));
        FindingMessage finding = trial.WaitFinding();
        Assert.Equal("7d3f6c0e-5d5c-4c4b-9d6a-1f0c2b1a9e77", finding.RuleId);
        Assert.Equal("Title", finding.Title);
        Assert.Equal("Why it matters.", finding.Description);
        Assert.Equal(Severity.Critical, finding.Severity);
        Assert.Equal(["attack.execution", "attack.t1059"], finding.Tags);
        Assert.Equal(TellKinds.Process, finding.EventSource);
        Assert.Equal(42UL, finding.EventSequence);
        Assert.Equal(42U, finding.Actor!.Pid);
        Assert.Equal(0, trial.Stop());
    }

    public static TheoryData<string, string> Mappings => new()
    {
        { "process_creation", "Image: /usr/bin/nc" },
        { "process_creation", "CommandLine: 'nc -e \"a b\"  é'" },
        { "process_creation", "CurrentDirectory: /home/ana" },
        { "process_creation", "User: '1000'" },
        { "process_creation", "ProcessId: 42" },
        { "process_creation", "ParentProcessId: 10" },
        { "process_creation", "ParentImage: /usr/bin/bash" },
        { "process_creation", "ParentCommandLine: 'bash -c nc'" },
        { "process_creation", "Nothing: null" },
        { "process_creation", "LogonId|exists: false" },
        { "process_creation", "'|contains': /home/ana" },
        { "file_event", "TargetFilename: /etc/x" },
        { "file_event", "Image: /usr/bin/nc" },
        { "file_event", "User|startswith: 10" },
        { "network_connection", "DestinationIp: 203.0.113.9" },
        { "network_connection", "DestinationIp|cidr: 203.0.113.0/24" },
        { "network_connection", "DestinationPort: 4444" },
        { "network_connection", "Initiated: 'true'" },
        { "network_connection", "Protocol: tcp" },
        { "network_connection", "DestinationHostname|exists: false" },
        { "network_connection", "Image|endswith: /nc" },
    };

    [Theory]
    [MemberData(nameof(Mappings))]
    public void Fields_are_filled_from_what_events_carry(string category, string test)
    {
        using SensorTrial trial = SensorTrial.Start(new SigmaSensor(Pack(test, category)));
        ProcessRecord actor = Actor(42, "/usr/bin/nc", "nc", "-e", "\"a b\"", "", "é");
        TellEvent last = category switch
        {
            "file_event" => new TellEvent { Kind = TellEventKind.FileWritten, Source = TellKinds.File, Sequence = 5, Time = 1, Actor = actor, Path = "/etc/x" },
            "network_connection" => Connect(5, actor, IPAddress.Parse("203.0.113.9")),
            _ => new TellEvent { Kind = TellEventKind.ProcessStart, Source = TellKinds.Process, Sequence = 5, Time = 1, Actor = actor },
        };
        TellEvent parent = new() { Kind = TellEventKind.ProcessStart, Source = TellKinds.Process, Sequence = 4, Time = 1, Actor = Shell with { Arguments = ["bash", "-c", "nc"] } };
        trial.Tell(parent, last);
        FindingMessage finding = trial.WaitFinding();
        while (finding.EventSequence == 4)
        {
            finding = trial.WaitFinding();
        }

        Assert.Equal(5UL, finding.EventSequence);
        Assert.Equal(0, trial.Stop());
    }

    [Theory]
    [InlineData("::ffff:10.1.2.3", "10.0.0.0/8")]
    [InlineData("10.1.2.3", "10.1.2.3/32")]
    [InlineData("fe80::1", "fe80::/10")]
    [InlineData("2001:db8::5", "2001:db8::/32")]
    public void Addresses_are_written_as_rules_expect_them(string address, string network)
    {
        using SensorTrial trial = SensorTrial.Start(new SigmaSensor(Pack($"DestinationIp|cidr: '{network}'", "network_connection")));
        trial.Tell(Connect(1, Actor(1, "/x"), IPAddress.Parse(address)));
        Assert.Equal(1UL, trial.WaitFinding().EventSequence);
    }

    [Fact]
    public void Root_has_its_name()
    {
        using SensorTrial trial = SensorTrial.Start(new SigmaSensor(Pack("User: root")));
        trial.Tell(Start(1, "/x"), new TellEvent { Kind = TellEventKind.ProcessStart, Source = TellKinds.Process, Sequence = 2, Time = 1, Actor = Actor(2, "/x") with { Uid = 0 } });
        Assert.Equal(2UL, trial.WaitFinding().EventSequence);
    }

    [Fact]
    public void An_event_without_actor_is_judged_by_what_it_has()
    {
        using SensorTrial trial = SensorTrial.Start(new SigmaSensor(Pack("TargetFilename: /etc/x\n    Image: null", "file_event")));
        trial.Tell(
            new TellEvent { Kind = TellEventKind.FileCreated, Source = TellKinds.File, Sequence = 1, Time = 1, Actor = Shell, Path = "/etc/x" },
            new TellEvent { Kind = TellEventKind.FileCreated, Source = TellKinds.File, Sequence = 2, Time = 1, Path = "/etc/x" });
        Assert.Equal(2UL, trial.WaitFinding().EventSequence);
    }

    [Fact]
    public void A_rename_is_judged_by_the_new_name_and_a_deletion_not_at_all()
    {
        using SensorTrial trial = SensorTrial.Start(new SigmaSensor(Pack("TargetFilename|startswith: /etc/", "file_event")));
        trial.Tell(
            new TellEvent { Kind = TellEventKind.FileDeleted, Source = TellKinds.File, Sequence = 1, Time = 1, Actor = Shell, Path = "/etc/x" },
            new TellEvent { Kind = TellEventKind.FileRenamed, Source = TellKinds.File, Sequence = 2, Time = 1, Actor = Shell, Path = "/etc/x", NewPath = "/tmp/x" },
            new TellEvent { Kind = TellEventKind.FileRenamed, Source = TellKinds.File, Sequence = 3, Time = 1, Actor = Shell, Path = "/tmp/x", NewPath = "/etc/x" });
        FindingMessage finding = trial.WaitFinding();
        Assert.Equal(3UL, finding.EventSequence);
        Assert.Equal("/etc/x", Encoding.UTF8.GetString(finding.Path.Span));
    }

    [Fact]
    public void Creating_and_writing_a_file_is_one_finding_until_a_minute_has_passed()
    {
        const ulong Second = 1_000_000_000;
        using SensorTrial trial = SensorTrial.Start(new SigmaSensor(Pack("TargetFilename|startswith: /etc/", "file_event")));
        TellEvent Written(ulong sequence, ulong seconds, string path, TellEventKind kind) =>
            new() { Kind = kind, Source = TellKinds.File, Sequence = sequence, Time = seconds * Second, Actor = Shell, Path = path };
        trial.Tell(
            Written(1, 100, "/etc/a", TellEventKind.FileCreated),
            Written(2, 101, "/etc/a", TellEventKind.FileWritten),
            Written(3, 102, "/etc/b", TellEventKind.FileWritten),
            Written(4, 159, "/etc/a", TellEventKind.FileWritten),
            Written(5, 161, "/etc/a", TellEventKind.FileWritten));
        Assert.Equal([1UL, 3UL, 5UL], (ulong[])[trial.WaitFinding().EventSequence, trial.WaitFinding().EventSequence, trial.WaitFinding().EventSequence]);
    }

    [Fact]
    public void A_rule_that_matches_everything_is_reported_within_bounds_and_says_so()
    {
        const ulong Second = 1_000_000_000;
        using SensorTrial trial = SensorTrial.Start(new SigmaSensor(Pack("Image: '*'")));
        ulong expected = 0;
        for (ulong batch = 0; batch < 10; batch++)
        {
            trial.Tell([.. Enumerable.Range(0, 100).Select(i => Start((batch * 100) + (ulong)i + 1, "/x") with { Time = Second })]);
            trial.AskHealth();      // answered behind the batch, so the socket has room again
            for (int i = 0; batch < 5 && i < 100; i++)
            {
                Assert.Equal(++expected, trial.WaitFinding().EventSequence);
            }
        }

        trial.Tell(Start(2_000, "/x") with { Time = 2 * Second });
        FindingMessage after = trial.WaitFinding();
        Assert.Equal(2_000UL, after.EventSequence);
        Assert.Contains("500 more findings of this rule were withheld", after.Description, StringComparison.Ordinal);
        Assert.Contains("500 findings withheld", trial.AskHealth().Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Command_lines_are_inherited_outlive_their_process_for_a_while_and_are_bounded()
    {
        var lines = new CommandLines();
        lines.Started(1, 10, "sh -c x"u8);
        lines.Forked(1, 10, 2, 20);
        Assert.Equal("sh -c x"u8, lines.Of(2, 20));
        lines.Started(1, 10, "other"u8);
        Assert.Equal("sh -c x"u8, lines.Of(2, 20));
        lines.Ended(2, 20);
        Assert.Equal("sh -c x"u8, lines.Of(2, 20));
        Assert.True(lines.Of(2, 21).IsEmpty);

        for (uint i = 100; i < 20_000; i++)
        {
            lines.Started(i, i, "short lived"u8);
            lines.Ended(i, i);
        }

        Assert.True(lines.Of(2, 20).IsEmpty);
        Assert.Equal("other"u8, lines.Of(1, 10));
        Assert.True(lines.Count < 3_000, $"{lines.Count}");

        byte[] large = new byte[64 * 1024];
        for (uint i = 100_000; i < 101_000; i++)
        {
            lines.Started(i, i, large);
        }

        Assert.True(lines.Count < 300, $"{lines.Count}");
        Assert.Equal(large.Length, lines.Of(100_999, 100_999).Length);
    }

    [Fact]
    public void Judging_an_event_that_matches_nothing_allocates_nothing()
    {
        var rules = new RuleSet(RulePack.Load([Subject.OwnRules]).Rules);
        var evaluation = new Evaluation(rules);
        var subject = new TellSubject(rules, new CommandLines());
        byte[] buffer = new byte[Protocol.MaxEventBytes];
        byte[] start = buffer.AsSpan(0, Start(1, "/usr/bin/cc1", "cc1", "-quiet", "-O2", "main.c").Write(buffer)).ToArray();
        byte[] connect = buffer.AsSpan(0, Connect(1, Actor(3, "/usr/bin/ssh"), IPAddress.Parse("10.1.2.3")).Write(buffer)).ToArray();
        int matches = 0;

        void Judge(byte[] encoded)
        {
            Assert.True(TellReader.TryRead(encoded, out TellReader tell) && subject.TryTake(in tell));
            matches += evaluation.Match(subject).Count;
        }

        for (int i = 0; i < 200; i++)
        {
            Judge(start);
            Judge(connect);
        }

        // The runtime may use this thread once for work of its own; what allocates does so in every attempt.
        long spent = long.MaxValue;
        for (int attempt = 0; attempt < 5 && spent != 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1_000; i++)
            {
                Judge(start);
                Judge(connect);
            }

            spent = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, spent);
        Assert.Equal(0, matches);
    }

    private static RulePack Pack(string test, string category = "process_creation")
    {
        RulePack pack = RulePack.Parse($"title: t\nlogsource:\n  category: {category}\ndetection:\n  a:\n    {test}\n  condition: a\n", "test.yml");
        Assert.Empty(pack.Faults);
        return pack;
    }

    private static ProcessRecord Actor(uint pid, string executable, params string[] arguments) => new()
    {
        Pid = pid,
        Start = 1_000 + pid,
        Uid = 1000,
        Executable = executable,
        Arguments = arguments,
        WorkingDirectory = "/home/ana",
        ParentPid = Shell.Pid,
        ParentStart = Shell.Start,
        Ancestors = [Shell, new ProcessRecord { Pid = 1, Start = 1, Executable = "/sbin/init" }],
    };

    private static TellEvent Start(ulong sequence, string executable, params string[] arguments) => new()
    {
        Kind = TellEventKind.ProcessStart,
        Source = TellKinds.Process,
        Sequence = sequence,
        Time = 1,
        Actor = Actor((uint)sequence, executable, arguments),
    };

    private static TellEvent Connect(ulong sequence, ProcessRecord actor, IPAddress address) => new()
    {
        Kind = TellEventKind.Connect,
        Source = TellKinds.Network,
        Sequence = sequence,
        Time = 1,
        Actor = actor,
        Address = address,
        Port = 4444,
        Transport = 6,
    };
}
