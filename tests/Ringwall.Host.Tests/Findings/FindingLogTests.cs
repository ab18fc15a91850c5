using System.Text;
using System.Text.Json;
using Ringwall.Contract;
using Ringwall.Host.Control;
using Ringwall.Host.Findings;
using Ringwall.Host.Intake.Tells;
using Ringwall.Wire.Ocsf;

namespace Ringwall.Host.Tests.Findings;

public sealed class FindingLogTests : IDisposable
{
    private static readonly FindingSource Sigma = new("sigma", "Ringwall", "1.0", "2024-07", 3);
    private static readonly Machine Here = new("host1", "6.1.0", BootTime: 1_000_000, HostVersion: "0.1");
    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-findings-").FullName;

    private string FilePath => Path.Combine(_folder, FindingFile.Name);

    [Fact]
    public void A_finding_becomes_a_valid_OCSF_line()
    {
        using (FindingLog log = Open())
        {
            log.Report(Sigma, Said());
        }

        using JsonDocument line = JsonDocument.Parse(Assert.Single(File.ReadAllLines(FilePath)));
        OcsfRequirements.Check(line.RootElement);
        JsonElement root = line.RootElement;
        Assert.Equal(200401, root.GetProperty("type_uid").GetInt64());
        Assert.Equal(4, root.GetProperty("severity_id").GetInt32());
        Assert.Equal("T1059", root.GetProperty("finding_info").GetProperty("attacks")[0].GetProperty("technique").GetProperty("uid").GetString());
        Assert.Equal("T1059.004", root.GetProperty("finding_info").GetProperty("attacks")[0].GetProperty("sub_technique").GetProperty("uid").GetString());
        JsonElement process = root.GetProperty("evidences")[0].GetProperty("process");
        Assert.Equal("bash -c 'id; whoami'", process.GetProperty("cmd_line").GetString());
        Assert.Equal("bash", process.GetProperty("name").GetString());
        Assert.Equal(1_000_002, process.GetProperty("created_time").GetInt64());
        Assert.Equal(1, process.GetProperty("parent_process").GetProperty("pid").GetInt32());
        Assert.Equal("sigma", root.GetProperty("metadata").GetProperty("product").GetProperty("feature").GetProperty("name").GetString());
        Assert.Equal("Process/12", root.GetProperty("unmapped").GetProperty("event").GetString());
    }

    [Fact]
    public void A_denial_becomes_a_finding_that_was_blocked()
    {
        using (FindingLog log = Open())
        {
            log.Report(Sigma, new Denial { Class = EventClass.Exec, Ticket = 5, Reason = "EICAR", Path = "/tmp/e"u8.ToArray(), Size = 68 });
        }

        using JsonDocument line = JsonDocument.Parse(Assert.Single(File.ReadAllLines(FilePath)));
        OcsfRequirements.Check(line.RootElement);
        Assert.Equal(2, line.RootElement.GetProperty("action_id").GetInt32());
        Assert.Equal(2, line.RootElement.GetProperty("disposition_id").GetInt32());
        Assert.Equal("sigma denied executing /tmp/e: EICAR", line.RootElement.GetProperty("message").GetString());
        Assert.Equal("/tmp/e", line.RootElement.GetProperty("evidences")[0].GetProperty("file").GetProperty("path").GetString());
    }

    [Fact]
    public void The_check_of_the_schema_can_fail()
    {
        using (FindingLog log = Open())
        {
            log.Report(Sigma, Said());
        }

        string good = File.ReadAllText(FilePath);
        foreach (string required in new[] { "\"class_uid\":2004", "\"version\":\"1.5.0\"", "\"type_id\":1" })
        {
            Assert.Contains(required, good, StringComparison.Ordinal);
            using JsonDocument bad = JsonDocument.Parse(good.Replace(required, "\"x\":0", StringComparison.Ordinal));
            Assert.ThrowsAny<Exception>(() => OcsfRequirements.Check(bad.RootElement));
        }
    }

    [Fact]
    public void Hostile_text_is_cut_and_cleaned()
    {
        using (FindingLog log = Open())
        {
            log.Report(Sigma, Said() with
            {
                Title = "\u001b[2J\u202Egnp.exe\u0000",
                Description = "one\ntwo" + new string('x', 10_000),
                Path = (byte[])[(byte)'/', 0xFF, 0xFE, (byte)'\n', (byte)'a'],
            });
        }

        string text = Assert.Single(File.ReadAllLines(FilePath));
        using JsonDocument line = JsonDocument.Parse(text);
        Assert.Equal("\uFFFD[2J\uFFFDgnp.exe\uFFFD", line.RootElement.GetProperty("finding_info").GetProperty("title").GetString());
        string description = line.RootElement.GetProperty("finding_info").GetProperty("desc").GetString()!;
        Assert.Equal(4096, description.Length);
        Assert.StartsWith("one two", description, StringComparison.Ordinal);
        Assert.EndsWith("…", description, StringComparison.Ordinal);
        Assert.True(line.RootElement.GetProperty("unmapped").GetProperty("truncated").GetBoolean());
        Assert.DoesNotContain(text, c => char.IsControl(c));
    }

    [Fact]
    public void A_message_that_makes_no_sense_is_counted_and_not_written()
    {
        using FindingLog log = Open();
        Assert.False(log.Report(Sigma, "nonsense"u8));
        byte[] message = new byte[Protocol.MaxMessageBytes];
        Assert.True(log.Report(Sigma, message.AsSpan(0, Said().Write(message))));
        Await(() => log.Figures.Written == 1);
        Assert.Equal(1, log.Figures.Malformed);
    }

    [Fact]
    public void A_sensor_that_shouts_is_limited_alone_and_the_drops_are_counted()
    {
        StoppedClock clock = new();
        FindingLog log = Open(clock);
        FindingSource other = Sigma with { Name = "other" };
        for (int i = 0; i < 1_000; i++)
        {
            log.Report(Sigma, Said());
        }

        log.Report(other, Said());
        clock.Advance(TimeSpan.FromSeconds(1));
        log.Report(Sigma, Said());
        Await(() => log.Figures.Written == 202);
        Assert.Equal(800, log.Figures.Dropped);
        log.Dispose();
        string[] lines = File.ReadAllLines(FilePath);
        Assert.Contains("\"sensor\":\"other\"", lines[200], StringComparison.Ordinal);
        Assert.Contains("\"dropped_before\":800", lines[201], StringComparison.Ordinal);
    }

    [Fact]
    public void A_storm_that_does_not_end_leaves_room_for_what_others_say()
    {
        FindingSource quiet = Sigma with { Name = "quiet" };
        StoppedClock clock = new();
        using (FindingLog log = Open(clock))
        {
            log.Report(quiet, Said());
            for (int second = 0; second < 600; second++)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                for (int i = 0; i < 60; i++)
                {
                    log.Report(Sigma, Said());
                }

                // The writer keeps up, so that what is dropped is the allowance's doing.
                Tells.TestMachine.Until(() => log.Figures.Written + log.Figures.Dropped >= ((second + 1) * 60) + 1, () => $"{log.Figures}");
            }
        }

        // 6000 and 2 a second for ten minutes, where 50 a second would be 30,000.
        string[] lines = File.ReadAllLines(FilePath);
        Assert.InRange(lines.Length, 6001, 6001 + 1200 + 60);
        Assert.Contains(lines, line => line.Contains("\"quiet\"", StringComparison.Ordinal));
    }

    [Fact]
    public void A_clock_that_is_set_back_drops_nothing()
    {
        StoppedClock clock = new();
        using FindingLog log = Open(clock);
        log.Report(Sigma, Said());
        clock.SetBack(TimeSpan.FromHours(1));
        clock.Advance(TimeSpan.FromSeconds(1));
        log.Report(Sigma, Said());
        Await(() => log.Figures.Written == 2);
        Assert.Equal(0, log.Figures.Dropped);
    }

    [Fact]
    public void A_sensor_that_shouts_does_not_drown_what_the_host_says_of_its_denials()
    {
        StoppedClock clock = new();
        using FindingLog log = Open(clock);
        for (int i = 0; i < 1_000; i++)
        {
            log.Report(Sigma, Said());
        }

        log.Report(Sigma, new Denial { Class = EventClass.Exec, Ticket = 5, Reason = "EICAR", Path = "/tmp/e"u8.ToArray(), Size = 68 });
        Await(() => log.Figures.Written == 201);
        Assert.Equal(800, log.Figures.Dropped);
    }

    [Fact]
    public async Task Followers_hear_what_comes_and_the_latest_are_kept()
    {
        using FindingLog log = Open();
        log.Report(Sigma, Said());
        Await(() => log.Last(10).Count() == 1);
        using IFollower<DetectionFinding> follower = log.Follow();
        log.Report(Sigma, Said() with { Title = "second" });
        DetectionFinding? next = await follower.NextAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal("second", next!.FindingInfo.Title);
        Assert.Equal("second", Assert.Single(log.Last(1)).FindingInfo.Title);
    }

    [Fact]
    public void The_latest_outlive_the_host_and_are_as_many_as_the_file_has()
    {
        using (FindingLog before = Open())
        {
            before.Report(Sigma, Said() with { Title = "first" });
            before.Report(Sigma, Said() with { Title = "second" });
        }

        File.AppendAllText(FilePath, "{\"hal");
        using FindingLog log = Open();
        Assert.Equal(["first", "second"], log.Last(1000).Select(finding => finding.FindingInfo.Title));
        log.Report(Sigma, Said() with { Title = "third" });
        Await(() => log.Figures.Written == 1);
        Assert.Equal([1, 2, 3], log.Last(1000).Select(finding => finding.Metadata.Sequence));
    }

    [Fact]
    public void The_last_lines_are_found_in_whatever_part_they_begin()
    {
        string[] all = [.. Enumerable.Range(0, 40).Select(i => $"{i} " + new string('x', i % 7 == 0 ? 70_000 : i))];
        using FindingFile file = new(_folder, partBytes: 150_000, oldParts: 10);
        foreach (string line in all)
        {
            file.Append(Encoding.UTF8.GetBytes(line + "\n"));
        }

        Assert.True(File.Exists(FilePath + ".2"));
        for (int count = 0; count <= all.Length + 1; count++)
        {
            Assert.Equal(all.TakeLast(count), file.Last(count));
        }
    }

    [Fact]
    public void The_file_is_set_aside_when_it_is_full_and_the_oldest_part_goes()
    {
        using (FindingFile file = new(_folder, partBytes: 10, oldParts: 2))
        {
            foreach (string line in (string[])["aaaaaa\n", "bbbbbb\n", "cccccc\n", "dddddd\n"])
            {
                file.Append(Encoding.UTF8.GetBytes(line));
            }
        }

        Assert.Equal("dddddd\n", File.ReadAllText(FilePath));
        Assert.Equal("cccccc\n", File.ReadAllText(FilePath + ".1"));
        Assert.Equal("bbbbbb\n", File.ReadAllText(FilePath + ".2"));
        Assert.False(File.Exists(FilePath + ".3"));
    }

    [Fact]
    public void A_line_that_a_crash_left_by_half_does_not_spoil_the_next()
    {
        File.WriteAllText(FilePath, "whole\nhal");
        using (FindingFile file = new(_folder))
        {
            file.Append("next\n"u8);
        }

        Assert.Equal(["whole", "hal", "next"], File.ReadAllLines(FilePath));
    }

    [Fact]
    public void Denials_from_the_answering_thread_arrive_and_cost_it_no_allocation()
    {
        DenialRing ring = new(slots: 8);
        Note(ring, "/warm");
        int noted = 1;

        // The runtime may use this thread once for work of its own; what allocates does so in every attempt.
        long spent = long.MaxValue;
        while (noted < 6 && spent != 0)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            noted += Note(ring, "/tmp/eicar") ? 1 : 10;
            spent = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.InRange(noted, 2, 6);
        Assert.Equal(0, spent);

        using FindingLog log = new(new FindingFile(_folder), Here, TimeProvider.System, ring);
        Await(() => log.Figures.Written == noted);
        Assert.Contains("/tmp/eicar", Assert.Single(log.Last(1)).Message, StringComparison.Ordinal);
        Note(ring, "/tmp/later");
        Await(() => log.Figures.Written == noted + 1);
    }

    [Fact]
    public void A_process_whose_start_is_told_late_is_named_all_the_same()
    {
        ProcessTable processes = new();
        DenialRing ring = new(slots: 8);
        Note(ring, "/tmp/eicar");       // without an actor: nobody knew it then
        processes.Put(new ProcessEntry
        {
            Key = ProcessKey.FromTicks(2, 1),
            ParentKey = default,
            Executable = "/usr/bin/cat"u8.ToArray(),
            WorkingDirectory = [],
            ArgumentBlock = "cat\0/tmp/eicar\0"u8.ToArray(),
            User = 0,
            Group = 0,
        });
        using FindingLog log = new(new FindingFile(_folder), Here, TimeProvider.System, ring, processes);
        Await(() => log.Figures.Written == 1);
        Assert.Equal("cat", Assert.Single(Assert.Single(log.Last(1)).Evidences).Process!.Name);
    }

    [Fact]
    public void A_full_ring_counts_instead_of_waiting()
    {
        DenialRing ring = new(slots: 8);
        int taken = 0;
        for (int i = 0; i < 20; i++)
        {
            taken += Note(ring, "/x") ? 1 : 0;
        }

        Assert.Equal(8, taken);
        Assert.Equal(12, ring.Dropped);
        using FindingLog log = new(new FindingFile(_folder), Here, TimeProvider.System, ring);
        Await(() => log.Figures.Written == 8);
        Assert.Equal(12, log.Figures.Dropped);
        Assert.True(Note(ring, "/y"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static bool Note(DenialRing ring, string path)
    {
        Span<byte> bytes = stackalloc byte[64];
        int length = Encoding.UTF8.GetBytes(path, bytes);
        return ring.TryNote(Sigma, new DenialNote { Class = EventClass.Open, Ticket = 1, Pid = 2, Path = bytes[..length], Reason = "EICAR"u8 }, actor: null);
    }

    private static FindingMessage Said() => new()
    {
        RuleId = "b2ddd389",
        Title = "Shell from a web server",
        Severity = Severity.High,
        Description = "A shell was started by nginx.",
        Tags = ["attack.t1059.004", "attack.execution", "own"],
        EventSource = TellKinds.Process,
        EventSequence = 12,
        EventTime = 1_700_000_000_000_000_000,
        Actor = new ProcessRecord
        {
            Pid = 77,
            Start = 2_000_000,
            Uid = 33,
            Executable = "/usr/bin/bash",
            Arguments = ["bash", "-c", "id; whoami"],
            Ancestors = [new ProcessRecord { Pid = 1, Executable = "/usr/sbin/nginx" }],
        },
    };

    private FindingLog Open(TimeProvider? clock = null) => new(new FindingFile(_folder), Here, clock ?? TimeProvider.System);

    private static void Await(Func<bool> condition) =>
        Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(60)), "the condition did not come true in 60 s");

    private sealed class StoppedClock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch.AddDays(1);
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by)
        {
            _now += by;
            _ticks += by.Ticks;
        }

        public void SetBack(TimeSpan by) => _now -= by;
    }
}
