using System.Text.Json;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Tests.Commands;

public sealed class CommandTests
{
    [Theory]
    [InlineData("status")]
    [InlineData("sensors")]
    [InlineData("sensors stop yara")]
    [InlineData("events --follow")]
    [InlineData("findings")]
    [InlineData("explain /tmp/x")]
    [InlineData("protected /tmp/x")]
    [InlineData("allow /tmp/x")]
    [InlineData("allow --list")]
    [InlineData("generations")]
    [InlineData("install /tmp/p.tar.gz")]
    [InlineData("promote yara")]
    [InlineData("rollback yara")]
    [InlineData("pin yara 3")]
    [InlineData("hand-over")]
    [InlineData("stop")]
    [InlineData("")]
    public async Task Without_a_host_there_is_one_clear_error(string command)
    {
        CommandRun run = await CommandRun.OfAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--run-dir", "/nowhere/at/all"]);
        Assert.Equal(ExitCode.NoHost, run.Exit);
        Assert.Equal(
            "ringwall: /nowhere/at/all/control.sock: no host runs here; start one with `ringwall up`, or name another by --run-dir\n", run.Complained);
        Assert.Empty(run.Said);
    }

    [Theory]
    [InlineData("dance", "Unrecognized command or argument 'dance'")]
    [InlineData("explain", "Required argument 'PATH' missing")]
    [InlineData("allow", "Name a PATH, or give --list")]
    [InlineData("allow --list /tmp/x", "Name a PATH, or give --list")]
    [InlineData("events --kind sneeze", "Argument 'sneeze' not recognized")]
    [InlineData("pin yara", "Name N, or give --off")]
    [InlineData("pin yara 3 --off", "Name N, or give --off")]
    [InlineData("pack /tmp/x.tar.gz --release 1", "Name an --engine, a --content, or both")]
    [InlineData("pack /tmp/x.tar.gz --release 1 --content /tmp", "Name the --sensor that the content is for")]
    [InlineData("pack /tmp/x.tar.gz --content /tmp --sensor a", "--release")]
    [InlineData("events --since yesterday", "--since takes 30s, 10m, 2h or 1d, or a moment")]
    [InlineData("findings --last many", "Cannot parse argument 'many'")]
    public async Task Wrong_use_is_one_line_and_ends_with_2(string command, string reason)
    {
        CommandRun run = await CommandRun.OfAsync(command.Split(' '));
        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains(reason, run.Complained, StringComparison.Ordinal);
        Assert.Contains("--help` shows how", run.Complained, StringComparison.Ordinal);
        Assert.Single(run.Complained.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_drill_needs_the_museum_beside_the_programs()
    {
        CommandRun run = await CommandRun.OfAsync("drill");
        Assert.Equal(ExitCode.NotDone, run.Exit);
        Assert.Matches("^ringwall: .*/museum/ringwall-museum: this program is not installed; ", run.Complained);
    }

    [Fact]
    public async Task With_json_errors_are_json_too()
    {
        CommandRun run = await CommandRun.OfAsync("status", "--json", "--run-dir", "/nowhere/at/all");
        using JsonDocument error = JsonDocument.Parse(run.Complained);
        Assert.Equal(ExitCode.NoHost, error.RootElement.GetProperty("exit").GetInt32());
    }

    [Fact]
    public async Task What_the_host_refuses_is_told_in_its_words_and_with_its_code()
    {
        await using FakeHost host = new(_ => [new ControlReply { Error = new ErrorReport(ExitCode.NotDone, "nosuch", "there is no such sensor", "name one") }]);
        CommandRun run = await host.RunAsync("sensors", "restart", "nosuch");
        Assert.Equal(ExitCode.NotDone, run.Exit);
        Assert.Equal("ringwall: nosuch: there is no such sensor; name one\n", run.Complained);
    }

    [Theory]
    [InlineData("sensors restart yara", ControlVerb.RestartSensor)]
    [InlineData("sensors stop yara", ControlVerb.StopSensor)]
    [InlineData("sensors start yara", ControlVerb.StartSensor)]
    [InlineData("install /tmp/p.tar.gz", ControlVerb.Install)]
    [InlineData("promote yara 3", ControlVerb.Promote)]
    [InlineData("rollback yara", ControlVerb.RollBack)]
    [InlineData("pin yara 3", ControlVerb.Pin)]
    [InlineData("pin yara --off", ControlVerb.Pin)]
    [InlineData("hand-over", ControlVerb.HandOver)]
    [InlineData("stop", ControlVerb.Stop)]
    public async Task Orders_are_sent_and_their_answer_shown(string command, string verb)
    {
        await using FakeHost host = new(_ => [new ControlReply { Said = "so be it" }]);
        CommandRun run = await host.RunAsync(command.Split(' '));
        Assert.Equal((ExitCode.Done, "so be it\n", ""), (run.Exit, run.Said, run.Complained));
        Assert.Equal(verb, Assert.Single(host.Asked).Do);
    }

    [Fact]
    public async Task Paths_are_made_absolute_before_they_are_sent()
    {
        await using FakeHost host = new(_ => [new ControlReply { Said = "so be it" }]);
        await host.RunAsync("allow", "some/../file", "--note", "ticket 7");
        ControlRequest asked = Assert.Single(host.Asked);
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "file"), asked.Path);
        Assert.Equal("ticket 7", asked.Note);
    }

    [Fact]
    public async Task Status_and_sensors_fit_80_columns()
    {
        await using FakeHost host = new(_ => [new ControlReply { Status = Samples.Status() }]);
        CommandRun status = await host.RunAsync("status");
        CommandRun sensors = await host.RunAsync("sensors");
        GoldenFile.Equals("status.txt", status.Said.ReplaceLineEndings("\n"));
        GoldenFile.Equals("sensors.txt", sensors.Said.ReplaceLineEndings("\n"));
        Assert.All(sensors.Said.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 80, line));
    }

    [Fact]
    public async Task Json_is_what_the_host_said()
    {
        await using FakeHost host = new(_ => [new ControlReply { Status = Samples.Status() }]);
        CommandRun run = await host.RunAsync("status", "--json");
        HostStatus read = JsonSerializer.Deserialize(run.Said, ControlReplyJson.Default.HostStatus)!;
        Assert.Equal(4242, read.Pid);
        Assert.Equal("yara", read.Sensors[1].Name);
        CommandRun sensors = await host.RunAsync("sensors", "--json");
        using JsonDocument list = JsonDocument.Parse(sensors.Said);
        Assert.Equal(2, list.RootElement.GetArrayLength());
    }

    [Fact]
    public async Task Events_are_lines_of_what_who_and_where()
    {
        ProcessLine bash = new() { Pid = 7, Executable = "/usr/bin/bash", Arguments = ["bash", "-c", "id"], Parents = [new ProcessLine { Pid = 1, Executable = "/sbin/init" }] };
        EventLine[] lines =
        [
            new() { Time = Samples.Start, Kind = EventKinds.Start, Actor = bash },
            new() { Time = Samples.Start, Kind = EventKinds.Exit, Actor = bash, ExitCode = 137 },
            new() { Time = Samples.Start, Kind = EventKinds.Renamed, Actor = bash, Path = "/a", NewPath = "/b" },
            new() { Time = Samples.Start, Kind = EventKinds.Connect, Actor = bash, Address = "::1", Port = 443 },
            new() { Time = Samples.Start, Kind = EventKinds.Loss, Source = "file", Lost = 12, Exact = false },
        ];
        await using FakeHost host = new(_ => lines.Select(line => new ControlReply { Event = line }));
        CommandRun run = await host.RunAsync("events", "--follow", "--kind", "process", "file", "--path", "/srv");
        string[] said = run.Said.TrimEnd('\n').Split('\n');
        Assert.EndsWith("start    7 bash                   bash -c id  (from init)", said[0], StringComparison.Ordinal);
        Assert.EndsWith("code 137", said[1], StringComparison.Ordinal);
        Assert.EndsWith("/a -> /b", said[2], StringComparison.Ordinal);
        Assert.EndsWith("[::1]:443", said[3], StringComparison.Ordinal);
        Assert.EndsWith("at least 12 events of file were lost", said[4], StringComparison.Ordinal);
        Assert.Equal(["process", "file"], host.Asked[0].Kinds);
        Assert.Equal("/srv", host.Asked[0].Path);

        Assert.True(host.Asked[^1].Follow);
        await host.RunAsync("events", "--since", "2026-01-31T08:30:00Z");
        Assert.Equal((false, new DateTimeOffset(2026, 1, 31, 8, 30, 0, TimeSpan.Zero)), (host.Asked[^1].Follow, host.Asked[^1].Since!.Value));
        await host.RunAsync("events", "--since", "10m", "--follow");
        Assert.True(host.Asked[^1].Follow && DateTimeOffset.UtcNow - host.Asked[^1].Since!.Value >= TimeSpan.FromMinutes(10));

        CommandRun counted = await host.RunAsync("events", "-n", "2", "--json");
        Assert.Equal(2, counted.Said.TrimEnd('\n').Split('\n').Length);
    }

    [Fact]
    public async Task Findings_are_lines_or_OCSF()
    {
        await using FakeHost host = new(_ =>
            [new ControlReply { Finding = Samples.Finding(denied: true) }, new ControlReply { Missed = 7 }, new ControlReply { Finding = Samples.Finding() }]);
        CommandRun run = await host.RunAsync("findings", "--last", "2");
        Assert.StartsWith("7 findings are not shown here", run.Complained, StringComparison.Ordinal);
        Assert.Contains("DENIED        yara     Shell from a web server  /tmp/eicar.com  by cat 77", run.Said, StringComparison.Ordinal);
        Assert.Equal(2, host.Asked[0].Last);
        CommandRun json = await host.RunAsync("findings", "--json");
        using JsonDocument first = JsonDocument.Parse(json.Said.Split('\n')[0]);
        Assert.Equal(2004, first.RootElement.GetProperty("class_uid").GetInt32());
    }

    [Fact]
    public async Task An_explanation_names_verdict_decider_and_each_sensor()
    {
        Explanation explanation = new()
        {
            Path = "/tmp/eicar.com", Open = "deny", Exec = "deny", DecidedBy = "sensors", Because = "yara denied it", File = "device 8:1, inode 12, 68 bytes",
            Sensors = [new SensorOpinion { Sensor = "yara", Verdict = "deny", Reason = "EICAR", Microseconds = 412 }, new SensorOpinion { Sensor = "other", Verdict = "away" }],
        };
        await using FakeHost host = new(_ => [new ControlReply { Explanation = explanation }]);
        GoldenFile.Equals("explain.txt", (await host.RunAsync("explain", "/tmp/eicar.com")).Said.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Whether_a_file_is_protected_is_said_with_the_reason()
    {
        ProtectionLine line = new() { Path = "/usr/bin/dash", Protected = true, Kind = "shell", Because = "it is protected: a shell (/bin/sh)" };
        await using FakeHost host = new(request => [new ControlReply { Protection = line with { Path = request.Path!, Protected = request.Path != "/tmp/x" } }]);
        Assert.Equal("/bin/sh protected: it is protected: a shell (/bin/sh)\n", (await host.RunAsync("protected", "/bin/sh")).Said);
        Assert.StartsWith("/tmp/x not protected: ", (await host.RunAsync("protected", "/tmp/x")).Said, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse((await host.RunAsync("protected", "/bin/sh", "--json")).Said);
        Assert.Equal("shell", json.RootElement.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_doctor_s_report_fits_80_columns_and_its_exit_code_tells_whether_the_machine_can_be_guarded()
    {
        DoctorReport report = new()
        {
            Kernel = "6.1.0", Version = "0.1.0", CanGuard = false,
            Features =
            [
                new FeatureReport { Name = "fanotify permission events", For = "asking before a file is opened", Available = "no", Needed = true, Seen = "fanotify_init: Function not implemented (errno 38)", Remedy = "use a kernel with CONFIG_FANOTIFY_ACCESS_PERMISSIONS, as every kernel of Debian and Ubuntu is" },
                new FeatureReport { Name = "BPF LSM", For = "", Available = "no", Seen = "bpf is not in /sys/kernel/security/lsm", Instead = "fanotify" },
                new FeatureReport { Name = "pidfd", For = "naming processes safely", Available = "yes" },
                new FeatureReport { Name = "leases", For = "knowing of writers", Available = "unknown", Seen = "not tried" },
            ],
        };
        await using FakeHost host = new(_ => [new ControlReply { Doctor = report }]);
        CommandRun run = await host.RunAsync("doctor");
        Assert.Equal(ExitCode.NeedsKernel, run.Exit);
        GoldenFile.Equals("doctor.txt", run.Said.ReplaceLineEndings("\n"));
        Assert.All(run.Said.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public async Task A_host_that_goes_away_in_the_middle_is_told_so()
    {
        FakeHost? going = null;
        await using FakeHost host = new(_ => Endless(going!));
        going = host;
        CommandRun run = await host.RunAsync("status");
        Assert.NotEqual(ExitCode.Done, run.Exit);
        Assert.NotEmpty(run.Complained);

        static IEnumerable<ControlReply> Endless(FakeHost host) => throw new IOException($"{host.RunDirectory} is going");
    }

    [Fact]
    public async Task Nonsense_from_the_socket_is_an_error_and_no_crash()
    {
        await using FakeHost host = new(_ => []);
        CommandRun run = await host.RunAsync("status");
        Assert.Equal(ExitCode.NotDone, run.Exit);
        Assert.Contains("had nothing to say", run.Complained, StringComparison.Ordinal);
    }
}
