using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Sandboxes;
using Ringwall.Kernel.Processes;

namespace Ringwall.Host.Tests.Sandboxes;

/// <summary>What a sensor finds itself in, and what becomes of it when something goes wrong around it.</summary>
[Collection("kernel")]
public sealed class SandboxTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Workshop _workshop = new();

    public SandboxTests() => Workshop.SkipUnlessRoot();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void A_sensor_finds_its_own_files_and_nothing_else()
    {
        SensorConfiguration sensor = _workshop.Make(Probes.Build("view"), ["look", "around"], new SensorLimits { Processes = 16 });
        List<string> lines = Run(sensor, out SandboxPlan plan);

        Assert.Equal(["descriptor 0", "descriptor 1", "descriptor 2", "descriptor 3"], lines.Where(l => l.StartsWith("descriptor", StringComparison.Ordinal)));
        string user = $"{plan.User}";
        string[] expected =
        [
            $"user {user} {user} {user}", $"group {user} {user} {user}", "groups 0", "pid 1 parent 0 leads 1", "bounding 0",
            "no-new-privileges 1", "death-signal 9", "core 1 tasks 16", $"host {sensor.Name}", $"variable {Protocol.SocketVariable}=3",
        ];
        Assert.All(expected, e => Assert.Contains(e, lines));
        Assert.DoesNotContain(lines, l => l.StartsWith("variable PATH", StringComparison.Ordinal));

        string[] paths = [.. lines.Where(l => l.StartsWith("path", StringComparison.Ordinal))];
        string[] own =
        [
            "path dr /", "path dr /sensor", "path -r /sensor/program", "path -r /sensor/sensor.json", "path dr /content", "path dr /content/0",
            "path -r /content/0/rules", "path dr /proc", "path lr /proc/self -> 1", "path dr /proc/1", "path -r /proc/1/maps",
            "path lr /proc/1/exe -> /sensor/program", "path -r /proc/meminfo", "path dr /dev", "path cw /dev/null", "path cw /dev/zero",
            "path cw /dev/urandom", "path lr /lib64 -> /lib", "path dr /usr", "path lr /usr/lib -> /lib",
            "path lr /usr/lib64 -> /lib", "path dw /scratch",
        ];
        Assert.All(own, o => Assert.Contains(o, paths));

        // The rest is libraries, and the number of processors.
        Assert.Equal([], paths.Except(own).Where(p => !p[8..].StartsWith("/lib", StringComparison.Ordinal) && !p[8..].StartsWith("/sys", StringComparison.Ordinal)));
        Assert.DoesNotContain(paths, p => p[6] == 'w' && p[5] != 'c' && p != "path dw /scratch");
        Leftovers.AwaitNone(sensor.Name, plan.User, _workshop.Place.RunDirectory);
    }

    [Fact]
    public void A_sensor_ends_with_the_thread_that_started_it()
    {
        SensorConfiguration sensor = _workshop.Make(Probes.Build("view"), ["wait"]);
        SandboxPlan plan = _workshop.Plan(sensor);
        Sandbox? sandbox = null;
        using ManualResetEventSlim leave = new();
        Thread starter = new(() =>
        {
            sandbox = Sandbox.Start(plan, _workshop.Place);
            leave.Wait();
        });
        starter.Start();
        try
        {
            // While the thread lives, so does the sensor: the control.
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref sandbox) is not null, Patience));
            Assert.False(sandbox!.HasEnded(TimeSpan.FromMilliseconds(300), out _));
            leave.Set();
            starter.Join();
            Assert.True(sandbox.HasEnded(Patience, out ExitStatus status));
            Assert.Equal("killed by SIGKILL", status.ToString());
        }
        finally
        {
            leave.Set();
            starter.Join();
            sandbox?.End();
        }

        Leftovers.AwaitNone(sensor.Name, plan.User, _workshop.Place.RunDirectory);
    }

    [Fact]
    public void A_sensor_that_burns_processor_time_is_held_back()
    {
        SensorConfiguration sensor = _workshop.Make(Probes.Build("view"), ["spin"], new SensorLimits { CpuPercent = 10 });
        Sandbox sandbox = Sandbox.Start(_workshop.Plan(sensor), _workshop.Place);
        try
        {
            Assert.SkipUnless(sandbox.Group.Bounds(Kernel.Cgroups.Controller.Cpu), "needs a control group that bounds processor time");
            long until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
            while (sandbox.Group.Use() is not { ThrottledPeriods: > 3 })
            {
                Assert.True(Environment.TickCount64 < until, $"{sandbox.Group.Use()}");
                Thread.Sleep(20);
            }
        }
        finally
        {
            Assert.Equal(Signals.Kill, sandbox.End().Signal);
        }
    }

    [Theory]
    [InlineData("script", "there is", "execute the sensor: execve(/sensor/program): Exec format error")]
    [InlineData("script", "#!/bin/nothing", "the interpreter or loader that it names is not")]
    [InlineData("unreadable", "", "must be readable and executable for everybody")]
    [InlineData("missing", "", "there is no such program")]
    [InlineData("library", "", "libnowhere.so.7: not in the system's library folders")]
    [InlineData("content", "", "build the view: mount(")]
    public void A_sensor_that_cannot_be_started_is_refused_with_step_and_remedy_and_leaves_nothing(string fault, string text, string said)
    {
        SensorConfiguration sensor = _workshop.Make(Probes.Build("view"));
        string program = Path.Combine(sensor.Folder, "program");
        switch (fault)
        {
            case "script": File.WriteAllText(program, text + "\n"); break;
            case "unreadable": File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute); break;
            case "missing": File.Delete(program); break;
            case "library":
                File.WriteAllText(
                    Path.Combine(sensor.Folder, SensorManifest.FileName),
                    $$"""{ "name": "{{sensor.Name}}", "version": "1", "executable": "program", "libraries": ["libnowhere.so.7"] }""");
                break;
            case "content": sensor = sensor with { Content = [Path.Combine(_workshop.Folder, "gone")] }; break;
        }

        SandboxException refused = Assert.Throws<SandboxException>(() => Sandbox.Start(_workshop.Plan(sensor), _workshop.Place));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        Leftovers.AwaitNone(sensor.Name, SensorUser.For(sensor.Name), _workshop.Place.RunDirectory);
    }

    [Fact]
    public void A_launcher_that_is_not_there_is_named()
    {
        using Workshop workshop = new();
        SensorConfiguration sensor = workshop.Make(Probes.Build("view"));
        SandboxPlace place = workshop.Place with { Launcher = "/nowhere/ringwall-launcher" };
        SandboxException refused = Assert.Throws<SandboxException>(() => Sandbox.Start(workshop.Plan(sensor), place));
        Assert.Contains("/nowhere/ringwall-launcher", refused.Message, StringComparison.Ordinal);
        Leftovers.AwaitNone(sensor.Name, SensorUser.For(sensor.Name), workshop.Place.RunDirectory);
    }

    [Fact]
    public void Every_process_that_is_started_is_known_as_ours_while_it_lives()
    {
        SensorConfiguration sensor = _workshop.Make(Probes.Build("view"), ["wait"]);
        Sandbox sandbox = Sandbox.Start(_workshop.Plan(sensor), _workshop.Place);
        Assert.True(_workshop.Place.Own.Contains(sandbox.Pid));
        sandbox.End();
        Assert.False(_workshop.Place.Own.Contains(sandbox.Pid));
    }

    private List<string> Run(SensorConfiguration sensor, out SandboxPlan plan)
    {
        plan = _workshop.Plan(sensor);
        Sandbox sandbox = Sandbox.Start(plan, _workshop.Place);
        List<string> lines = [];
        string rest = "";
        Span<byte> chunk = new byte[4096];
        long until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        for (int count = -1; count != 0 && Environment.TickCount64 < until;)
        {
            count = Kernel.Files.ByteChannel.Read(sandbox.OutputArrived, chunk);
            rest += System.Text.Encoding.UTF8.GetString(chunk[..Math.Max(0, count)]);
            Thread.Sleep(count < 0 ? 5 : 0);
        }

        lines.AddRange(rest.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.True(sandbox.HasEnded(Patience, out _));
        ExitStatus status = sandbox.End();
        Assert.True(status.Succeeded, $"{status}\n{rest}");
        return lines;
    }
}
