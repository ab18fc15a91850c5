using Ringwall.Cli.Up;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Tests.Up;

/// <summary>`ringwall up` with programs that only pretend: shell scripts for keeper and host, and a control socket of this test.</summary>
public sealed class UpRunTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ringwall-uprun-").FullName;
    private readonly StringWriter _said = new();
    private readonly TextWriter _out;
    private readonly CancellationTokenSource _stop = new();

    // Numbers of processes that are no ringwall: up ends what its host names, and a made-up number may be somebody's.
    private static readonly HostStatus Status = Samples.Status() with { Pid = Environment.ProcessId, Keeper = new KeeperStatus(Environment.ProcessId, "watching", 1) };

    public UpRunTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, as up does");
        _out = TextWriter.Synchronized(_said);
    }

    private string Begun => Path.Combine(_root, "begun");

    private string Over => Path.Combine(_root, "over");

    [Fact]
    public async Task Up_starts_the_keeper_shows_what_happens_and_ends_it_on_request()
    {
        Program("ringwalld", "exit 0");
        Program("ringwall-keeper", $"echo \"$@\" >{Begun}; for i in $(seq 3600); do [ ! -e {Over} ] || exit 0; sleep 0.05; done");
        FakeHost? host = null;
        string runDirectory = Path.Combine(_root, "r");
        Task<int> up = Up(runDirectory, UpOutput.Plain);
        await AwaitAsync(() => File.Exists(Begun), up);
        try
        {
            host = new FakeHost(Answer, runDirectory);
            await AwaitAsync(() => Said().Contains("denied", StringComparison.Ordinal), up);
            await _stop.CancelAsync();
            Assert.Equal(ExitCode.Done, await up.WaitAsync(TimeSpan.FromSeconds(60)));
            Assert.Equal([ControlLimits.SocketName], Directory.EnumerateFiles(runDirectory).Select(Path.GetFileName));
        }
        finally
        {
            await (host?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        Assert.Equal(
            $"--owner {Environment.ProcessId} -- {_root}/bin/ringwalld --config {runDirectory}/up.json", (await File.ReadAllTextAsync(Begun)).Trim());
        string said = Said();
        Assert.Contains("guards 3 filesystems", said, StringComparison.Ordinal);
        Assert.Contains("connections: none, instead of BPF cgroup connect programs", said, StringComparison.Ordinal);
        Assert.Contains("sensor   yara is quarantined: missed 4 deadlines in a row", said, StringComparison.Ordinal);
        Assert.Contains("the machine is as it was", said, StringComparison.Ordinal);

        IEnumerable<ControlReply> Answer(ControlRequest request)
        {
            switch (request.Do)
            {
                case ControlVerb.Status:
                    return [new ControlReply { Status = Status }];
                case ControlVerb.Findings:
                    return [new ControlReply { Finding = Samples.Finding(denied: true) }];
                default:
                    File.WriteAllText(Over, "");
                    return [new ControlReply { Said = "the host is ending" }];
            }
        }
    }

    [Fact]
    public async Task A_configuration_that_the_host_refuses_is_told_before_anything_starts()
    {
        Program("ringwalld", "echo 'ringwalld: up.json: guard[4]: it is \"x\"; write an absolute path' >&2; exit 2");
        Program("ringwall-keeper", $"touch {Begun}");
        CommandException refused = await Assert.ThrowsAsync<CommandException>(() => Up(Path.Combine(_root, "r"), UpOutput.Plain));
        Assert.Equal(ExitCode.Usage, refused.Report.Exit);
        Assert.Contains("guard[4]", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Begun));
    }

    [Fact]
    public async Task A_keeper_that_ends_at_once_is_told_with_its_own_words_and_code()
    {
        Program("ringwalld", "exit 0");
        Program("ringwall-keeper", "echo 'ringwall-keeper: fanotify_init: Operation not permitted' >&2; exit 3");
        CommandException died = await Assert.ThrowsAsync<CommandException>(() => Up(Path.Combine(_root, "r"), UpOutput.Plain));
        Assert.Equal(ExitCode.NeedsRight, died.Report.Exit);
        Assert.Contains("fanotify_init: Operation not permitted", died.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_dies_again_and_again_before_it_answers_is_told_with_what_it_said()
    {
        Program("ringwalld", "exit 0");
        Program("ringwall-keeper", "for i in 1 2 3; do echo 'Unhandled exception. a wrong thing'; echo '   at Some.Place()'; echo 'ringwall-keeper: the host has ended (killed by 6)'; done; exec sleep 1000");
        string runDirectory = Path.Combine(_root, "r");
        CommandException died = await Assert.ThrowsAsync<CommandException>(() => Up(runDirectory, UpOutput.Plain).WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(ExitCode.NotDone, died.Report.Exit);
        Assert.Contains("it died 3 times", died.Message, StringComparison.Ordinal);
        Assert.Contains("a wrong thing", died.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Some.Place", died.Message, StringComparison.Ordinal);
        Assert.Equal(["up.log"], Directory.EnumerateFiles(runDirectory).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Ctrl_C_before_the_host_answers_leaves_nothing_behind()
    {
        Program("ringwalld", "exit 0");
        string runDirectory = Path.Combine(_root, "r");
        Program("ringwall-keeper", $"trap 'exit 0' TERM; touch {runDirectory}/host.lock {Begun}; for i in $(seq 3600); do sleep 0.05; done");
        Task<int> up = Up(runDirectory, UpOutput.Plain);
        await AwaitAsync(() => File.Exists(Begun), up);
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => up.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.False(Directory.Exists(runDirectory));
    }

    [Fact]
    public async Task A_second_host_on_the_same_run_directory_is_refused()
    {
        Program("ringwalld", "exit 0");
        Program("ringwall-keeper", $"touch {Begun}");
        await using FakeHost first = new(_ => []);
        CommandException refused = await Assert.ThrowsAsync<CommandException>(() => Up(first.RunDirectory, UpOutput.Plain));
        Assert.Equal(ExitCode.AnotherHost, refused.Report.Exit);
        Assert.False(File.Exists(Begun));
    }

    [Fact]
    public async Task A_program_that_is_not_installed_is_named()
    {
        CommandException refused = await Assert.ThrowsAsync<CommandException>(() => Up(Path.Combine(_root, "r"), UpOutput.Plain));
        Assert.Contains("bin/ringwalld: this program is not installed", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _stop.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private Task<int> Up(string runDirectory, UpOutput output)
    {
        Terminal terminal = new(_out, TextWriter.Null, CommandRun.Plain(_out), _stop.Token);
        UpRequest request = new() { RunDirectory = runDirectory, StateDirectory = Path.Combine(_root, "state") };
        return new UpRun(new Installation(_root), terminal).RunAsync(request, output);
    }

    private string Said()
    {
        lock (_out)
        {
            return _said.ToString();
        }
    }

    private void Program(string name, string script)
    {
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(_root, "bin")).FullName, name);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static async Task AwaitAsync(Func<bool> condition, Task running)
    {
        long until = Environment.TickCount64 + 60_000;
        while (!condition())
        {
            if (running.IsFaulted)
            {
                await running;
            }

            Assert.True(Environment.TickCount64 < until, "the condition did not come true in 60 s");
            await Task.Yield();
        }
    }
}
