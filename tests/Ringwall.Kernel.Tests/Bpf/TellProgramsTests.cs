using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Bpf;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Mounts;
using Ringwall.Kernel.Processes;
using Ringwall.Kernel.Procfs;
using Ringwall.Kernel.Tells;
using Ringwall.Kernel.Tests.Tells;

namespace Ringwall.Kernel.Tests.Bpf;

/// <summary>On the real kernel. Each test hears what all of the machine does and looks for its own processes only.</summary>
public sealed class TellProgramsTests : IDisposable
{
    private const int RingBytes = 1 << 20;

    private readonly TellPrograms _programs;
    private readonly HeardTells _heard = new();

    public TellProgramsTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        Assert.SkipUnless(File.Exists("/sys/kernel/btf/vmlinux"), "needs a kernel that describes its types");
        _programs = TellPrograms.Load(RingBytes, connections: true);
        _programs.AttachProcesses();
    }

    public void Dispose() => _programs?.Dispose();

    [Fact]
    public void An_execution_is_told_with_all_that_matters()
    {
        string folder = Directory.CreateTempSubdirectory("ringwall tells ").FullName;
        int pid = Programs.Shell($"cd '{folder}' && exec /bin/true one 'two words' '' last");
        Directory.Delete(folder);

        HeardExec exec = Exec(pid, "/true");
        Assert.Equal("/bin/true\0one\0two words\0\0last\0", Encoding.UTF8.GetString(exec.Arguments));
        Assert.Equal((ulong)exec.Arguments.Length, exec.ArgumentsTotal);
        Assert.Equal(folder, Encoding.UTF8.GetString(exec.Directory));
        Assert.Equal(RealPath("/bin/true"), Encoding.UTF8.GetString(exec.Executable));
        Assert.Equal(Environment.ProcessId, exec.Process.ParentPid);
        Assert.Equal(0u, exec.Process.User);
        Assert.True(OpenFile.TryStat("/bin/true", out FileState state));
        Assert.Equal((state.Identity.Device, state.Identity.Inode), (exec.Device, exec.Inode));
        Assert.DoesNotContain("SECRET", Encoding.Latin1.GetString(exec.Arguments), StringComparison.Ordinal);
    }

    [Fact]
    public void Start_times_are_those_of_proc()
    {
        using ChildProcess shell = Programs.StartShell("sleep 60");
        Assert.True(ProcessStat.TryRead(shell.Pid, out ProcessStat stat));
        Assert.True(ProcessStat.TryRead(Environment.ProcessId, out ProcessStat parent));

        HeardExec exec = Exec(shell.Pid, "sh");
        Assert.Equal(stat.StartTicks, exec.Process.StartNs / 10_000_000);
        Assert.Equal(parent.StartTicks, exec.Process.ParentStartNs / 10_000_000);
        shell.TryKill();
        Assert.True(shell.TryWait(Programs.Patience, out _));
    }

    [Fact]
    public void Arguments_are_bytes_and_need_not_be_text()
    {
        int pid = Programs.Shell("exec /bin/true \"$(printf '\\377\\001\\300x')\"");

        HeardExec exec = Exec(pid, "/true");
        Assert.Equal((byte[])[.. "/bin/true\0"u8, 0xff, 1, 0xc0, (byte)'x', 0], exec.Arguments);
    }

    [Fact]
    public void Long_arguments_are_told_whole_and_longer_ones_are_cut_and_said_to_be()
    {
        int whole = Programs.Shell("exec /bin/true \"$(head -c 65000 /dev/zero | tr '\\0' x)\"");
        int cut = Programs.Shell("exec /bin/true \"$(head -c 100000 /dev/zero | tr '\\0' y)\" end");

        HeardExec first = Exec(whole, "/true");
        Assert.Equal(65_011, first.Arguments.Length);
        Assert.Equal(65_011UL, first.ArgumentsTotal);
        HeardExec second = Exec(cut, "/true");
        Assert.Equal(65_536, second.Arguments.Length);
        Assert.Equal(100_015UL, second.ArgumentsTotal);
        Assert.Equal(65_526, second.Arguments.Count(b => b == 'y'));
    }

    [Fact]
    public void A_script_is_told_as_its_interpreter_with_the_script_among_the_arguments()
    {
        // Written by another process: what this one has open for writing could be in the hands of a child that another test is about to start, and then
        // the kernel executes it for nobody (ETXTBSY).
        string script = Path.Combine(Path.GetTempPath(), $"ringwall-{Guid.NewGuid():N}.sh");
        Programs.Shell($"printf '#!/bin/sh\\nexit 0\\n' > {script}; chmod 700 {script}");
        int pid = Programs.Run(script, script, "x");
        File.Delete(script);

        HeardExec exec = Exec(pid, RealPath("/bin/sh"));
        Assert.Equal($"/bin/sh\0{script}\0x\0", Encoding.UTF8.GetString(exec.Arguments));
    }

    [Fact]
    public void A_path_through_mounts_and_many_directories_is_whole()
    {
        string top = Directory.CreateTempSubdirectory("ringwall-deep-").FullName;
        int pid = Programs.Shell(
            $"mount -t tmpfs deep '{top}' && mkdir -p '{top}'/$(seq -s / 1 150) && cp /bin/true '{top}'/$(seq -s / 1 150)/t " +
            $"&& '{top}'/$(seq -s / 1 150)/t; umount -l '{top}'");
        Directory.Delete(top);

        HeardExec exec = Wait(() => _heard.Execs.Find(e => e.Process.ParentPid == pid && e.Executable.AsSpan().EndsWith("/t"u8)));
        Assert.Equal($"{top}/{string.Join('/', Enumerable.Range(1, 150))}/t", Encoding.UTF8.GetString(exec.Executable));
    }

    [Fact]
    public void A_program_without_a_name_is_told_as_proc_shows_it()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "needs python3");
        int pid = Programs.Run(
            "/usr/bin/python3", "python3", "-c",
            "import os\nf=os.memfd_create('ghost')\nos.write(f,open('/bin/true','rb').read())\nos.execve(f,['t'],{})");

        HeardExec exec = Exec(pid, "/memfd:ghost (deleted)");
        Assert.Equal("t\0"u8, exec.Arguments);
    }

    [Fact]
    public void Processes_are_told_from_fork_to_end_and_threads_are_not()
    {
        int pid = Programs.Shell("(exit 3); exit 4");
        Exec(pid, "sh");
        HeardExit end = Wait(() => _heard.Exits.Find(e => e.Process.Pid == pid));

        Assert.Equal(4 << 8, end.Status);
        HeardFork self = Assert.Single(_heard.Forks, f => f.Process.Pid == pid);
        Assert.Equal(Environment.ProcessId, self.ForkerPid);
        HeardFork child = Assert.Single(_heard.Forks, f => f.ForkerPid == pid);
        Assert.Equal(3 << 8, Assert.Single(_heard.Exits, e => e.Process == child.Process || e.Process.Pid == child.Process.Pid).Status);
        Assert.Equal(self.Process.StartNs, end.Process.StartNs);

        int before = _heard.Forks.Count + _heard.Exits.Count;
        Thread thread = new(() => { });
        thread.Start();
        thread.Join();
        int mark = Programs.Run("/bin/true", "true");
        Wait(() => _heard.Exits.Find(e => e.Process.Pid == mark));
        Assert.True(_heard.Forks.Count + _heard.Exits.Count > before);
        Assert.DoesNotContain(_heard.Exits, e => e.Process.Pid == Environment.ProcessId);
    }

    [Fact]
    public void A_process_ends_with_its_last_thread_and_with_its_own_signal()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "needs python3");
        int pid = Programs.Run(
            "/usr/bin/python3", "python3", "-c",
            "import threading,ctypes,time,os,signal\n" +
            "def rest():\n time.sleep(0.2)\n os.kill(os.getpid(),signal.SIGTERM)\n time.sleep(60)\n" +
            "threading.Thread(target=rest).start()\nctypes.CDLL(None).syscall(60,0)");

        HeardExit end = Wait(() => _heard.Exits.Find(e => e.Process.Pid == pid));
        Assert.Equal(15, end.Status);
        Assert.Single(_heard.Exits, e => e.Process.Pid == pid && e.Process.StartNs == end.Process.StartNs);
    }

    [Fact]
    public void Connections_are_told_with_address_port_and_who()
    {
        using SafeFileHandle cgroup = CgroupRoot();
        _programs.AttachConnections(cgroup);
        Assert.SkipUnless(Socket.OSSupportsIPv6, "needs IPv6");
        using TcpListener four = new(IPAddress.Loopback, 0);
        using TcpListener six = new(IPAddress.IPv6Loopback, 0);
        four.Start();
        six.Start();
        ushort port4 = (ushort)((IPEndPoint)four.LocalEndpoint).Port;
        ushort port6 = (ushort)((IPEndPoint)six.LocalEndpoint).Port;
        using TcpClient to4 = new(AddressFamily.InterNetwork);
        to4.Connect(IPAddress.Loopback, port4);
        using TcpClient to6 = new(AddressFamily.InterNetworkV6);
        to6.Connect(IPAddress.IPv6Loopback, port6);
        using Socket mapped = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
        mapped.Connect(IPAddress.Parse("127.0.0.1").MapToIPv6(), 9);

        HeardConnect first = Wait(() => _heard.Connects.Find(c => c.Port == port4 && c.Process.Pid == Environment.ProcessId));
        Assert.Equal(IPAddress.Loopback.GetAddressBytes(), first.Address);
        Assert.Equal(6, first.Protocol);
        HeardConnect second = Wait(() => _heard.Connects.Find(c => c.Port == port6 && c.Process.Pid == Environment.ProcessId));
        Assert.Equal(IPAddress.IPv6Loopback.GetAddressBytes(), second.Address);
        HeardConnect third = Wait(() => _heard.Connects.Find(c => c.Port == 9 && c.Process.Pid == Environment.ProcessId));
        Assert.Equal(IPAddress.Loopback.GetAddressBytes(), third.Address);
        Assert.Equal(17, third.Protocol);
    }

    [Fact]
    public void What_finds_the_ring_full_is_counted_exactly()
    {
        using TellPrograms small = TellPrograms.Load(1 << 14, connections: false);
        small.AttachProcesses();

        // Nobody reads: 16 KiB are full after some dozens of processes.
        Programs.Shell("i=0; while [ $i -lt 200 ]; do (exit 0); i=$((i+1)); done");
        HeardTells late = new();
        long dropped = 0;
        long produced = 0;
        Until(() =>
        {
            // Other processes of this machine go on making events, so all sides are read until they agree.
            small.Drain(late, int.MaxValue);
            dropped = small.Dropped(TellSource.Process);
            produced = small.Produced(TellSource.Process);
            return small.Read(TellSource.Process) + dropped == produced && late.Losses.GetValueOrDefault(TellSource.Process) == (ulong)(dropped + small.Missed);
        });

        Assert.True(dropped > 100, $"only {dropped} were dropped");
        Assert.True(produced + small.Missed >= 400);
        Assert.True(late.LossWasExact);
        Assert.Equal(small.Read(TellSource.Process), late.Execs.Count + late.Forks.Count + late.Exits.Count);
        Assert.Equal(0, small.Unreadable);
    }

    [Fact]
    public void The_first_event_wakes_a_sleeper_and_records_that_go_over_the_end_are_whole()
    {
        using TellPrograms small = TellPrograms.Load(1 << 14, connections: false);
        small.AttachProcesses();
        HeardTells heard = new();
        for (int i = 0; i < 60; i++)
        {
            string mark = $"mark {i} {new string('z', i * 37 % 900)}";
            int pid = Programs.Run("/bin/true", "true", mark);
            Until(() =>
            {
                small.Drain(heard, 64);
                if (heard.Exits.Exists(e => e.Process.Pid == pid))
                {
                    return true;
                }

                small.Wait(5_000);
                return false;
            });
            Assert.Contains(heard.Execs, e => e.Process.Pid == pid && Encoding.UTF8.GetString(e.Arguments) == $"true\0{mark}\0");
        }

        Assert.Equal(0, small.Unreadable);
    }

    private HeardExec Exec(int pid, string end) =>
        Wait(() => _heard.Execs.Find(e => e.Process.Pid == pid && Encoding.UTF8.GetString(e.Executable).EndsWith(end, StringComparison.Ordinal)));

    private T Wait<T>(Func<T?> look)
        where T : class
    {
        T? found = null;
        Until(() =>
        {
            if (_programs.Drain(_heard, 1024) == 0)
            {
                _programs.Wait(100);
            }

            return (found = look()) is not null;
        });
        return found!;
    }

    private static void Until(Func<bool> done)
    {
        long end = Environment.TickCount64 + (long)Programs.Patience.TotalMilliseconds;
        while (!done())
        {
            Assert.True(Environment.TickCount64 < end, "did not come about in time");
        }
    }

    private static string RealPath(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        byte[] into = new byte[4096];
        return Encoding.UTF8.GetString(into, 0, OpenFile.TryReadPath((int)file.DangerousGetHandle(), into));
    }

    private static SafeFileHandle CgroupRoot()
    {
        Assert.SkipUnless(CgroupTree.TryOpenRoot(MountTable.Read(), out SafeFileHandle? root, out _), "needs cgroup version 2");
        return root!;
    }
}
