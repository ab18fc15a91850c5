using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Kernel;
using Ringwall.Kernel.Cgroups;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Polling;
using Ringwall.Kernel.Processes;

namespace Ringwall.Host.Sandboxes;

// Owns:     the sensor's process, its group of limits, the host's ends of its socket and of its output.
// Threads:  the thread that starts it must live as long as the sensor: the kernel kills the sensor when that thread ends, which is how
//           no sensor outlives its host. Everything here is for that thread, but Pid, Output and Group.Use.
// Ordering: started → in its group and known as ours → told to go → its socket is used → End.

/// <summary>One sensor in its sandbox, from its start to its end.</summary>
internal sealed class Sandbox
{
    private const int SocketNumber = Protocol.SocketDescriptor;
    private const int ReportNumber = 4;
    private const int LongestReport = 4096;
    private const int OutputChunk = 4096;

    private readonly ChildProcess _child;
    private readonly OwnProcesses _own;
    private readonly SafeFileHandle _outputEnd;
    private readonly string? _scratch;
    private ExitStatus? _ended;

    private Sandbox(ChildProcess child, OwnProcesses own, SafeFileHandle output, SensorSocket socket, LimitedGroup group, string? scratch)
    {
        _scratch = scratch;
        _child = child;
        _own = own;
        _outputEnd = output;
        Socket = socket;
        Group = group;
    }

    public int Pid => _child.Pid;

    /// <summary>Readable when the sensor has ended.</summary>
    public SafeHandle Ended => _child.Pidfd.Handle;

    /// <summary>Readable when the sensor has written something.</summary>
    public SafeHandle OutputArrived => _outputEnd;

    public SensorSocket Socket { get; }

    public LimitedGroup Group { get; }

    public OutputTail Output { get; } = new();

    /// <summary>Starts the sensor. Returns when the launcher has become it: it is executing its own first instructions.</summary>
    /// <exception cref="SandboxException">The launcher, or the kernel, refused. Nothing is left behind.</exception>
    public static Sandbox Start(SandboxPlan plan, SandboxPlace place)
    {
        LimitedGroup group = LimitedGroup.Create(place.Cgroups, plan.Sensor.RunName);
        Sandbox? sandbox = null;
        try
        {
            using PipePair go = PipePair.Open();
            using PipePair report = PipePair.Open();
            sandbox = Spawned(plan, place, group, go, report);
            group.Add(sandbox.Pid);
            if (!ByteChannel.TryWrite(go.Writer, "!"u8))
            {
                throw new SandboxException($"{place.Launcher} ended before it was told to go");
            }

            AwaitLaunch(report.Reader, place.LaunchPatience);

            // Now and not before: the launcher, a .NET program, needs more than a small sensor may have.
            group.Limit(plan.Limits);
            return sandbox;
        }
        catch (Exception e) when (e is KernelException or SandboxException)
        {
            if (sandbox is null)
            {
                group.TryRemove();
            }
            else
            {
                sandbox.End();
            }

            throw e as SandboxException ?? new SandboxException(e.Message);
        }
    }

    /// <summary>Takes what the sensor has written, without waiting. False: it has closed its output, and nothing more will come.</summary>
    public bool TakeOutput()
    {
        Span<byte> chunk = stackalloc byte[OutputChunk];

        // One chunk at a time: a sensor that writes without end must not keep us here.
        int count = ByteChannel.Read(_outputEnd, chunk);
        Output.Add(chunk[..Math.Max(0, count)]);
        return count != 0;
    }

    /// <summary>Asks it to end by SIGTERM. Number 1 of a pid namespace only gets the signals that it has a handler for.</summary>
    public void AskToEnd() => _child.TrySignal(Signals.Terminate);

    /// <summary>Whether it has ended, and how.</summary>
    public bool HasEnded(TimeSpan patience, out ExitStatus status)
    {
        if (_ended is null && _child.TryWait(patience, out ExitStatus ended))
        {
            _ended = ended;
        }

        status = _ended ?? default;
        return _ended is not null;
    }

    /// <summary>
    /// Kills what still runs of it, reaps it and removes its group. Closes nobody's descriptors but its own, so the socket must be out of use.
    /// </summary>
    /// <returns>How it ended.</returns>
    public ExitStatus End()
    {
        // With number 1 of the namespace everything in it ends, and the wait returns when all of it has.
        _child.TryKill();
        HasEnded(Timeout.InfiniteTimeSpan, out ExitStatus status);
        for (int chunks = 0; chunks < OutputTail.MostLines && TakeOutput(); chunks++)
        {
        }

        Output.Finish();
        Group.TryRemove();
        _own.Remove(Pid);
        Socket.Dispose();
        _outputEnd.Dispose();
        _child.Dispose();
        SandboxPlace.RemoveScratch(_scratch);
        return status;
    }

    private static Sandbox Spawned(SandboxPlan plan, SandboxPlace place, LimitedGroup group, PipePair go, PipePair report)
    {
        string? scratch = place.MakeScratch(plan);
        PipePair output = PipePair.Open(readerWaits: false);
        (SensorSocket host, SensorSocket sensor) = SensorSocket.CreatePair();
        try
        {
            ChildProcess child;
            using (place.Own.ExpectChild())
            {
                child = Spawn.Start(new SpawnRequest
                {
                    Path = place.Launcher,
                    Arguments = plan.LauncherArguments(place.Launcher, place.Root(), group.Bounds(Controller.Memory), scratch),
                    Environment = LauncherEnvironment(),
                    Descriptors = new Dictionary<int, SafeHandle>
                    {
                        [0] = go.Reader,
                        [1] = output.Writer,
                        [2] = output.Writer,
                        [SocketNumber] = sensor,
                        [ReportNumber] = report.Writer,
                    },
                    OwnPidNamespace = true,
                });
                place.Own.Add(child.Pid);
            }

            report.Writer.Dispose();
            go.Reader.Dispose();
            return new Sandbox(child, place.Own, output.Reader, host, group, scratch);
        }
        catch (KernelException)
        {
            host.Dispose();
            output.Reader.Dispose();
            throw;
        }
        finally
        {
            sensor.Dispose();
            output.Writer.Dispose();
        }
    }

    // The launcher says why it failed, or its end of the pipe closes: because it has become the sensor, or because it died, which the
    // caller will notice as it notices a sensor's death. A launcher that hangs is killed by the caller.
    private static void AwaitLaunch(SafeFileHandle report, TimeSpan patience)
    {
        byte[] said = new byte[LongestReport];
        int length = 0;
        for (long until = Environment.TickCount64 + (long)patience.TotalMilliseconds; ;)
        {
            long left = until - Environment.TickCount64;
            if (left <= 0)
            {
                throw new SandboxException($"the launcher did not become the sensor within {patience.TotalSeconds} s");
            }

            if (Poll.Readable([report], (int)left) == 0)
            {
                continue;
            }

            int count = ByteChannel.Read(report, said.AsSpan(length));
            if (count <= 0)
            {
                break;
            }

            length += count;
        }

        if (length > 0)
        {
            throw new SandboxException($"the sandbox could not be set up: {Encoding.UTF8.GetString(said, 0, length).Trim()}");
        }
    }

    // Only what finds the shared runtime when it is not part of the program.
    private static List<string> LauncherEnvironment()
    {
        List<string> environment = ["DOTNET_EnableDiagnostics=0", "DOTNET_TieredPGO=0", "DOTNET_gcConcurrent=0", "DOTNET_EnableWriteXorExecute=0"];
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root)
        {
            environment.Add($"DOTNET_ROOT={root}");
        }

        return environment;
    }
}
