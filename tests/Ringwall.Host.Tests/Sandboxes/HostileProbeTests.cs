using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Sandboxes;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Processes;

namespace Ringwall.Host.Tests.Sandboxes;

/// <summary>
/// tests/probes/hostile.c tries everything that a sensor must not do: inside the sandbox, where each attempt must fail, and as root
/// without one, on targets made for it, where each must work. What only ever fails proves nothing.
/// </summary>
[Collection("kernel")]
public sealed class HostileProbeTests
{
    private const string MustWork = "!";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly SensorLimits Limits = new() { MemoryMb = 64, Processes = 32, Descriptors = 256 };

    [Fact]
    public void Every_attempt_fails_in_the_sandbox_and_would_work_without_it()
    {
        Workshop.SkipUnlessRoot();
        Dictionary<string, int> inside = InSandbox();
        Dictionary<string, int> outside = [];
        foreach (FileAccess access in (FileAccess[])[FileAccess.ReadWrite, FileAccess.Read])
        {
            foreach ((string attempt, int error) in WithoutSandbox(access))
            {
                // A lease wants a descriptor that only reads; most other attempts show what they are worth on one that writes.
                outside[attempt] = Math.Min(error, outside.GetValueOrDefault(attempt, error));
            }
        }

        Assert.True(inside.Count >= 75, $"only {inside.Count} attempts were made");
        Assert.Equal([], inside.Where(a => a.Key.EndsWith(MustWork, StringComparison.Ordinal) != (a.Value == 0)).Select(Describe));

        // Without CAP_SYS_RESOURCE nobody raises a hard limit, here or there.
        HashSet<string> excused = ProbeHas("CapEff", 24) ? [] : ["raise-limit"];
        Assert.Equal([], outside.Where(a => a.Value != 0 && !excused.Contains(a.Key)).Select(Describe));
        Assert.Equal(inside.Keys.Where(a => a != "event-reopen-by-pid").Order(), outside.Keys.Order());
    }

    private static string Describe(KeyValuePair<string, int> attempt) =>
        $"{attempt.Key}: {(attempt.Value == 0 ? "worked" : Marshal.GetPInvokeErrorMessage(attempt.Value))}";

    private static bool ProbeHas(string set, int capability)
    {
        string line = File.ReadLines("/proc/self/status").Single(l => l.StartsWith(set, StringComparison.Ordinal));
        return ((ulong.Parse(line.Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> capability) & 1) != 0;
    }

    private static Dictionary<string, int> InSandbox()
    {
        using Workshop workshop = new();
        SensorConfiguration sensor = workshop.Make(
            Probes.Build("hostile"), ["/", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)], Limits);
        SandboxPlan plan = workshop.Plan(sensor);
        Sandbox sandbox = Sandbox.Start(plan, workshop.Place);
        Dictionary<string, int> results;
        try
        {
            results = Listen(sandbox.Socket, workshop.Folder, FileAccess.Read, () => sandbox.HasEnded(TimeSpan.Zero, out _));
        }
        finally
        {
            ExitStatus status = sandbox.End();
            Assert.True(status.Succeeded, $"{status}; {string.Join('\n', sandbox.Output.Lines())}");
        }

        Leftovers.AwaitNone(sensor.Name, plan.User, workshop.Place.RunDirectory);
        return results;
    }

    private static Dictionary<string, int> WithoutSandbox(FileAccess access)
    {
        using Workshop workshop = new();
        string room = Directory.CreateDirectory(Path.Combine(workshop.Folder, "room")).FullName;
        using SafeFileHandle nothing = Inherited.DevNull();
        using ChildProcess target = Spawn.Start(new SpawnRequest
        {
            Path = "/bin/sleep",
            Arguments = ["sleep", "120"],
            Descriptors = new Dictionary<int, SafeHandle> { [0] = nothing },
        });
        (SensorSocket mine, SensorSocket theirs) = SensorSocket.CreatePair();
        try
        {
            string probe = Probes.Build("hostile");
            using ChildProcess child = Spawn.Start(new SpawnRequest
            {
                Path = probe,
                Arguments = [probe, room, target.Pid.ToString(CultureInfo.InvariantCulture)],
                Descriptors = new Dictionary<int, SafeHandle> { [0] = nothing, [1] = nothing, [2] = nothing, [3] = theirs },
            });
            theirs.Dispose();
            try
            {
                return Listen(mine, workshop.Folder, access, () => child.TryWait(TimeSpan.Zero, out _));
            }
            finally
            {
                child.TryKill();
                child.TryWait(Patience, out _);
            }
        }
        finally
        {
            mine.Dispose();
            theirs.Dispose();
            target.TryKill();
            target.TryWait(Patience, out _);
        }
    }

    // Hands the probe a file that anyone may write, as a descriptor, and collects what it says.
    private static Dictionary<string, int> Listen(SensorSocket socket, string folder, FileAccess access, Func<bool> hasEnded)
    {
        string path = Path.Combine(folder, "event");
        File.WriteAllText(path, "not yours to change");
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        using (SafeFileHandle file = File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite))
        {
            Assert.Equal(SendOutcome.Sent, socket.TrySend("file"u8, (int)file.DangerousGetHandle()));
        }

        Dictionary<string, int> results = [];
        byte[] message = new byte[256];
        for (long until = Environment.TickCount64 + (long)Patience.TotalMilliseconds; Environment.TickCount64 < until;)
        {
            if (!socket.WaitReadable(1000))
            {
                Assert.False(hasEnded(), $"the probe ended after: {results.LastOrDefault().Key}");
                continue;
            }

            if (socket.TryReceive(message, out int length) != ReceiveOutcome.Received)
            {
                break;
            }

            string[] words = Encoding.ASCII.GetString(message, 0, length).Split(' ');
            results.Add(words[0], int.Parse(words[1], CultureInfo.InvariantCulture));
        }

        Assert.True(results.ContainsKey("done!"), $"the probe did not come to its end; its last attempt: {results.LastOrDefault().Key}");
        return results;
    }
}
