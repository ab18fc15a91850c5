using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Ringwall.Contract;
using Ringwall.Host.Deliver.Tells;
using Ringwall.Host.Intake.Tells;
using Ringwall.Kernel.Bpf;
using Ringwall.Kernel.Mounts;
using Ringwall.Kernel.Processes;
using Ringwall.Kernel.Procfs;
using Ringwall.Kernel.Tells;
using static Ringwall.Host.Tests.Tells.TestMachine;

namespace Ringwall.Host.Tests.Tells;

/// <summary>On the real kernel, from each source that there is.</summary>
public sealed class ProcessTellsTests
{
    public static TheoryData<string> Sources => ["bpf", "connector"];

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_process_is_told_from_fork_to_end_with_who_it_is(string source)
    {
        using Running running = Start(source);
        using Listener listener = new(running.Hub, TellKinds.Process);
        using ChildProcess shell = StartShell("/bin/sleep 100 & wait");
        int pid = shell.Pid;

        TellEvent start = listener.WaitFor(e => e.Kind == TellEventKind.ProcessStart && e.Actor!.ParentPid == (uint)pid);
        Assert.EndsWith("sleep", start.Actor!.Executable, StringComparison.Ordinal);
        Assert.Equal(["/bin/sleep", "100"], start.Actor.Arguments);
        Assert.Equal(Environment.CurrentDirectory, start.Actor.WorkingDirectory);
        Assert.Equal((uint)pid, start.Actor.Ancestors[0].Pid);
        Assert.Equal((uint)Environment.ProcessId, start.Actor.Ancestors[1].Pid);
        Assert.Equal(Environment.ProcessPath, start.Actor.Ancestors[1].Executable);
        Assert.InRange(DateTimeOffset.UnixEpoch.AddTicks((long)start.Time / 100), DateTimeOffset.UtcNow.AddMinutes(-10), DateTimeOffset.UtcNow.AddMinutes(1));

        TellEvent fork = listener.WaitFor(e => e.Kind == TellEventKind.ProcessFork && e.Child!.Pid == start.Actor.Pid && e.Child.Start == start.Actor.Start);
        Assert.Equal((uint)pid, fork.Actor!.Pid);
        End((int)start.Actor.Pid);
        Assert.True(shell.TryWait(Patience, out _));
        TellEvent exit = listener.WaitFor(e => e.Kind == TellEventKind.ProcessExit && e.Actor!.Pid == start.Actor.Pid);
        Assert.Equal((uint)Signals.Terminate, exit.ExitStatus);
        Assert.Equal(start.Actor.Start, exit.Actor!.Start);
        Assert.True(fork.Sequence < start.Sequence && start.Sequence < exit.Sequence);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void The_table_equals_proc_after_a_storm(string source)
    {
        using Running running = Start(source);
        using ChildProcess keep = StartShell("for i in 1 2 3 4 5 6 7 8; do sleep 300 & done; wait");
        for (int i = 0; i < 4; i++)
        {
            Shell("i=0; while [ $i -lt 150 ]; do (:) & /bin/true; i=$((i+1)); done; wait");
        }

        // Processes come and go all the time, so the two are compared until they agree about all that was there before and after.
        string difference = "";
        Until(
            () =>
            {
                HashSet<ProcessKey> before = Living();
                running.Tells.CatchUp();
                HashSet<ProcessKey> table = [.. running.Table.Snapshot().Select(e => e.Key)];
                HashSet<ProcessKey> after = Living();
                HashSet<ProcessKey> stable = [.. before.Intersect(after)];
                difference = $"missing: {string.Join(',', stable.Except(table))}; too many: {string.Join(',', table.Except(before).Except(after))}";
                return stable.IsSubsetOf(table) && table.All(k => before.Contains(k) || after.Contains(k));
            },
            () => difference);

        int compared = 0;
        foreach (ProcessEntry entry in running.Table.Snapshot())
        {
            byte[] path = new byte[4096];
            int length = ProcessFile.ReadLink(entry.Key.Pid, "exe"u8, path);
            if (length > 0 && entry.ParentKey.Pid == keep.Pid)
            {
                compared++;
                Assert.Equal(path[..length], entry.Executable);
                Assert.Equal("sleep\0300\0"u8.ToArray(), entry.ArgumentBlock);
                End(entry.Key.Pid);
            }
        }

        Assert.True(compared == 8, $"{compared} of 8 were compared");
        Assert.True(keep.TryWait(Patience, out _));
    }

    [Fact]
    public void After_a_loss_the_table_is_put_right_and_subscribers_know_the_number()
    {
        TellPrograms programs = Programs(1 << 14);
        using Running running = Start(programs, start: false);
        using Listener listener = new(running.Hub, TellKinds.Process);

        // Nobody takes events: the ring of 16 KiB is full soon, and the rest is lost.
        using ChildProcess sleeper = StartShell("i=0; while [ $i -lt 400 ]; do (:); i=$((i+1)); done; exec sleep 100");
        Until(() => programs.Dropped(TellSource.Process) > 100, () => "nothing was dropped");
        Until(() => Executable(sleeper.Pid).EndsWith("/sleep", StringComparison.Ordinal), () => "did not execute");
        running.Tells.Start();

        Until(() => running.Tells.Reconciliations > 0, () => "was not put right");
        Until(
            () => running.Table.TryGet(sleeper.Pid, out ProcessEntry? entry) && entry.Executable.AsSpan().EndsWith("/sleep"u8),
            () => "the table still has the old program");
        listener.WaitFor(e => e.Kind == TellEventKind.Loss);
        Until(
            () =>
            {
                listener.Take();
                long events = listener.Heard.Count(e => e.Kind != TellEventKind.Loss);
                long lost = listener.Heard.Sum(e => (long)e.Lost);
                return lost == programs.Dropped(TellSource.Process) + programs.Missed && events == programs.Read(TellSource.Process)
                    && events + lost == programs.Produced(TellSource.Process) + programs.Missed;
            },
            () => $"produced {programs.Produced(TellSource.Process)}, read {programs.Read(TellSource.Process)}, dropped {programs.Dropped(TellSource.Process)}");
        Assert.All(listener.Heard.Where(e => e.Kind == TellEventKind.Loss), e => Assert.True(e.LossIsExact));
        sleeper.TryKill();
        Assert.True(sleeper.TryWait(Patience, out _));
    }

    [Fact]
    public void Connections_are_told_with_their_actor()
    {
        TellPrograms programs = Programs(1 << 20);
        Assert.SkipUnless(CgroupTree.TryOpenRoot(MountTable.Read(), out SafeFileHandle? root, out _), "needs cgroup version 2");
        programs.AttachConnections(root!);
        root!.Dispose();
        Assert.SkipUnless(Socket.OSSupportsIPv6, "needs IPv6");
        using Running running = Start(programs);
        using Listener listener = new(running.Hub, TellKinds.Network);
        using TcpListener server = new(IPAddress.IPv6Loopback, 0);
        server.Start();
        ushort port = (ushort)((IPEndPoint)server.LocalEndpoint).Port;
        using TcpClient client = new(AddressFamily.InterNetworkV6);
        client.Connect(IPAddress.IPv6Loopback, port);

        TellEvent connect = listener.WaitFor(e => e.Port == port);
        Assert.Equal(IPAddress.IPv6Loopback, connect.Address);
        Assert.Equal(6, connect.Transport);
        Assert.Equal((uint)Environment.ProcessId, connect.Actor!.Pid);
        Assert.NotEmpty(connect.Actor.Arguments);
    }

    [Fact]
    public void Long_arguments_are_told_once_and_then_shortened()
    {
        using Running running = Start(Programs(1 << 20));
        using Listener listener = new(running.Hub, TellKinds.Process);
        string args = new('x', 20_000);
        int pid = Shell($"exec /bin/true {args} end");

        TellEvent start = listener.WaitFor(e => e.Kind == TellEventKind.ProcessStart && e.Actor!.Pid == (uint)pid && e.Actor.Arguments[0] == "/bin/true");
        Assert.Equal([20_000, 3], [start.Actor!.Arguments[1].Length, start.Actor.Arguments[2].Length]);
        Assert.False(start.Actor.ArgumentsCut);
        TellEvent exit = listener.WaitFor(e => e.Kind == TellEventKind.ProcessExit && e.Actor!.Pid == (uint)pid);
        Assert.True(exit.Actor!.ArgumentsCut);
        Assert.Equal("/bin/true", exit.Actor.Arguments[0]);
        Assert.True(exit.Actor.Arguments.Sum(a => a.Length) <= ProcessTable.ArgumentBytesKept);
    }

    private static void End(int pid)
    {
        Assert.True(Pidfd.TryOpen(pid, out Pidfd? process));
        using (process)
        {
            Assert.True(process!.TrySignal(Signals.Terminate));
        }
    }

    private static string Executable(int pid)
    {
        byte[] path = new byte[4096];
        int length = ProcessFile.ReadLink(pid, "exe"u8, path);
        return length > 0 ? System.Text.Encoding.UTF8.GetString(path, 0, length) : "";
    }

    private static HashSet<ProcessKey> Living()
    {
        HashSet<ProcessKey> living = [];
        foreach (int pid in ProcessFile.Pids())
        {
            if (ProcessStat.TryRead(pid, out ProcessStat stat) && !stat.HasEnded)
            {
                living.Add(ProcessKey.FromTicks(pid, stat.StartTicks));
            }
        }

        return living;
    }

    private static TellPrograms Programs(int ring)
    {
        Assert.SkipUnless(IsRoot, "needs root");
        Assert.SkipUnless(File.Exists("/sys/kernel/btf/vmlinux"), "needs a kernel that describes its types");
        TellPrograms programs = TellPrograms.Load(ring, connections: true);
        programs.AttachProcesses();
        return programs;
    }

    private static Running Start(string source)
    {
        Assert.SkipUnless(IsRoot, "needs root");
        return Start(source == "bpf" ? Programs(1 << 22) : Ringwall.Kernel.Netlink.ProcessConnector.Open());
    }

    private static Running Start(IProcessTells kernel, bool start = true)
    {
        TellHub hub = new();
        ProcessTable table = new();
        ProcessTells tells = new(kernel, table, hub);
        if (start)
        {
            tells.Start();
        }

        return new Running(kernel, hub, table, tells);
    }

    private sealed record Running(IProcessTells Kernel, TellHub Hub, ProcessTable Table, ProcessTells Tells) : IDisposable
    {
        public void Dispose()
        {
            Tells.Dispose();
            Kernel.Dispose();
        }
    }
}
