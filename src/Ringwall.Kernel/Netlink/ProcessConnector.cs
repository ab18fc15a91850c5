using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using Ringwall.Kernel.Polling;
using Ringwall.Kernel.Procfs;
using Ringwall.Kernel.Scheduling;
using Ringwall.Kernel.Tells;
using static Ringwall.Kernel.Abi.linux_netlink;

namespace Ringwall.Kernel.Netlink;

// Owns:         a netlink socket, and what it remembers of living processes.
// Threads:      one at a time (the caller's lock), but for the waits, which are one thread's.
// Ordering:     messages of one CPU come in order; of several, nearly.
// Limits:       a message has a process number and little else. The rest is read from /proc, where a process that has ended since, or executed
//               something else, is not to be found: such an execution is told without program and arguments. Loss is noticed but its number is not exact:
//               gaps in the numbering count threads and other messages too. Connections are not told.

/// <summary>Executions, forks and ends by the kernel's process connector: for machines where BPF programs cannot be had. Needs CAP_NET_ADMIN.</summary>
public sealed unsafe class ProcessConnector : IProcessTells
{
    private const int ReceiveBufferBytes = 16 * 1024 * 1024;
    private const int DatagramBytes = 1024;
    private const int KnownAtMost = 131_072;
    private const int LookForEndsMs = 50;

    private readonly SafeFileHandle _socket;
    private readonly int _fd;
    private readonly ExecCompletion _completion = new();
    private readonly Dictionary<int, KnownProcess> _known = [];
    private readonly List<int> _withoutLeader = [];
    private readonly Dictionary<uint, uint> _nextNumbers = [];
    private readonly byte[] _datagram = new byte[DatagramBytes];
    private SafeHandle? _alsoWaitFor;
    private ulong _monotonicToBoot;
    private bool _overrun;

    private ProcessConnector(SafeFileHandle socket)
    {
        _socket = socket;
        _fd = (int)socket.DangerousGetHandle();
    }

    /// <summary>Messages that were not of the process connector or were cut short.</summary>
    public long Unreadable { get; private set; }

    /// <exception cref="KernelException">A right is missing, or the kernel has no process connector.</exception>
    public static ProcessConnector Open()
    {
        SafeFileHandle handle = socket(AF_NETLINK, SOCK_DGRAM | sys_socket.SOCK_CLOEXEC, NETLINK_CONNECTOR);
        if (handle.IsInvalid)
        {
            Errno errno = Errno.Last;
            handle.Dispose();
            throw new KernelException("socket(NETLINK_CONNECTOR)", errno, "The kernel was built without CONFIG_CONNECTOR.");
        }

        ProcessConnector connector = new(handle);
        try
        {
            connector.Listen();

            // When one of these ends it is gone from /proc before we hear of it, and then nobody could tell which process it was.
            foreach (int pid in ProcessFile.Pids())
            {
                connector.Know(pid, BootClock.NowNs);
            }

            return connector;
        }
        catch
        {
            connector.Dispose();
            throw;
        }
    }

    public int Drain(ITellSink sink, int most)
    {
        _monotonicToBoot = BootClock.NowNs - (ulong)MonotonicClock.NowNs;
        int taken = 0;
        while (taken < most && TryReceive(out int length))
        {
            if (length < 0)
            {
                continue;
            }

            if (ConnectorEvent.TryParse(_datagram.AsSpan(0, length), out ConnectorEvent told))
            {
                CountGap(told, sink);
                taken += TryTell(told, sink) ? 1 : 0;
            }
            else
            {
                Unreadable++;
            }
        }

        if (_overrun && taken < most)
        {
            // The kernel dropped messages and nothing came after them that would tell how many.
            _overrun = false;
            sink.Lost(TellSource.Process, 1, exact: false);
        }

        return taken + TellLateEnds(sink);
    }

    public void Wait(int milliseconds)
    {
        int most = _withoutLeader.Count > 0 ? Math.Min(milliseconds, LookForEndsMs) : milliseconds;
        _ = Poll.Readable([_socket, _alsoWaitFor], most);
    }

    public void LetGather(int milliseconds) => _ = Poll.Readable([_alsoWaitFor], milliseconds);

    public void AlsoWaitFor(SafeHandle readable) => _alsoWaitFor = readable;

    public void Dispose() => _socket.Dispose();

    private void Listen()
    {
        int bytes = ReceiveBufferBytes;
        if (sys_socket.setsockopt(_fd, sys_socket.SOL_SOCKET, sys_socket.SO_RCVBUFFORCE, &bytes, sizeof(int)) != 0)
        {
            _ = sys_socket.setsockopt(_fd, sys_socket.SOL_SOCKET, sys_socket.SO_RCVBUF, &bytes, sizeof(int));
        }

        sockaddr_nl address = new() { nl_family = AF_NETLINK, nl_groups = CN_IDX_PROC };
        if (bind(_fd, &address, (uint)sizeof(sockaddr_nl)) != 0)
        {
            KernelException.Throw("bind(NETLINK_CONNECTOR)", "Process events need CAP_NET_ADMIN.");
        }

        ListenRequest request = new()
        {
            Outer = new nlmsghdr { nlmsg_len = (uint)sizeof(ListenRequest), nlmsg_type = NLMSG_DONE },
            Inner = new cn_msg { id = new cb_id { idx = CN_IDX_PROC, val = CN_VAL_PROC }, len = sizeof(uint) },
            Operation = PROC_CN_MCAST_LISTEN,
        };
        if (sys_socket.send(_fd, &request, (nuint)sizeof(ListenRequest), 0) != sizeof(ListenRequest))
        {
            KernelException.Throw("send(PROC_CN_MCAST_LISTEN)", "Process events need CAP_NET_ADMIN and a kernel with CONFIG_PROC_EVENTS.");
        }
    }

    // False when nothing waits. A length below zero is a message that is not the kernel's.
    private bool TryReceive(out int length)
    {
        fixed (byte* into = _datagram)
        {
            while (true)
            {
                sockaddr_nl from = default;
                uint size = (uint)sizeof(sockaddr_nl);
                nint got = recvfrom(_fd, into, DatagramBytes, sys_socket.MSG_DONTWAIT, &from, &size);
                if (got >= 0)
                {
                    length = from.nl_pid == 0 ? (int)got : -1;
                    return true;
                }

                switch (Errno.Last.Value)
                {
                    case Errno.EINTR:
                        continue;
                    case Errno.ENOBUFS:
                        _overrun = true;
                        continue;
                    case Errno.EAGAIN:
                        length = 0;
                        return false;
                    default:
                        KernelException.Throw("recvfrom(NETLINK_CONNECTOR)");
                        break;
                }
            }
        }
    }

    private void CountGap(in ConnectorEvent told, ITellSink sink)
    {
        if (_nextNumbers.TryGetValue(told.Cpu, out uint expected) && told.Number != expected)
        {
            uint missing = told.Number - expected;

            // Backwards is no gap: the count was reset when the last listener went away.
            if (missing < uint.MaxValue / 2)
            {
                _overrun = false;
                sink.Lost(TellSource.Process, missing, exact: false);
            }
        }

        _nextNumbers[told.Cpu] = told.Number + 1;
    }

    private bool TryTell(in ConnectorEvent told, ITellSink sink)
    {
        ulong time = told.MonotonicNs + _monotonicToBoot;
        switch (told.Kind)
        {
            case PROC_EVENT_FORK when told.Pid == told.Process:
                KnownProcess parent = Know((int)told.Other, time);
                KnownProcess child = new()
                {
                    StartNs = ProcessStat.TryRead(told.Pid, out ProcessStat stat) ? stat.StartNs : time,
                    ParentPid = (int)told.Other,
                    ParentStartNs = parent.StartNs,
                    User = parent.User,
                    Group = parent.Group,
                };
                Remember(told.Pid, child);
                sink.Forked(time, Facts(told.Pid, child), (int)told.Other, parent.StartNs);
                return true;
            case PROC_EVENT_EXEC:
                KnownProcess process = Know(told.Process, time);
                if (ProcessStatus.TryRead(told.Process, out ProcessStatus status))
                {
                    // A program may come with a user of its own (set-user-ID).
                    (process.User, process.Group) = (status.User, status.Group);
                    Remember(told.Process, process);
                }

                ProcessFacts facts = Facts(told.Process, process);
                sink.Executed(time, facts, _completion.Complete(facts, default, executable: true, directory: true, arguments: true));
                return true;
            case PROC_EVENT_EXIT:
                return ThreadEnded(told, time, sink);
            case PROC_EVENT_UID or PROC_EVENT_GID when _known.TryGetValue(told.Process, out KnownProcess changed):
                changed.User = told.Kind == PROC_EVENT_UID ? told.Other : changed.User;
                changed.Group = told.Kind == PROC_EVENT_GID ? told.Other : changed.Group;
                Remember(told.Process, changed);
                return false;
            default:
                return false;
        }
    }

    private bool ThreadEnded(in ConnectorEvent told, ulong time, ITellSink sink)
    {
        int pid = told.Process;
        bool isLeader = told.Pid == pid;
        if (!isLeader && !(_known.TryGetValue(pid, out KnownProcess other) && other.LeaderEnded))
        {
            return false;
        }

        KnownProcess process = Know(pid, time);
        if (isLeader || told.Other != 0)
        {
            // If all were ended together, the last thread has the same code as the process.
            process.Status = (int)told.Other;
        }

        if (!HasThreads(pid, process.StartNs))
        {
            End(pid, process, time, sink);
            return true;
        }

        if (!process.LeaderEnded)
        {
            process.LeaderEnded = true;
            _withoutLeader.Add(pid);
        }

        Remember(pid, process);
        return false;
    }

    // A thread that has just told its end is still counted for a moment, and nothing comes after the last one: look again.
    private int TellLateEnds(ITellSink sink)
    {
        int told = 0;
        for (int i = _withoutLeader.Count - 1; i >= 0; i--)
        {
            int pid = _withoutLeader[i];
            if (_known.TryGetValue(pid, out KnownProcess process) && process.LeaderEnded && !HasThreads(pid, process.StartNs))
            {
                End(pid, process, BootClock.NowNs, sink);
                told++;
            }
            else if (!process.LeaderEnded)
            {
                _withoutLeader.RemoveAt(i);
            }
        }

        return told;
    }

    private void End(int pid, in KnownProcess process, ulong time, ITellSink sink)
    {
        _known.Remove(pid);
        _withoutLeader.Remove(pid);
        sink.Ended(time, Facts(pid, process), process.Status);
    }

    private static bool HasThreads(int pid, ulong startNs) =>
        ProcessStat.TryRead(pid, out ProcessStat stat) && stat.StartNs / 10_000_000 == startNs / 10_000_000 && stat.Threads > 1;

    private KnownProcess Know(int pid, ulong time)
    {
        if (_known.TryGetValue(pid, out KnownProcess known))
        {
            return known;
        }

        KnownProcess found = new() { StartNs = time };
        if (ProcessStat.TryRead(pid, out ProcessStat stat))
        {
            found.StartNs = stat.StartNs;
            found.ParentPid = stat.ParentPid;
            found.ParentStartNs = ProcessStat.TryRead(stat.ParentPid, out ProcessStat parent) ? parent.StartNs : 0;
        }

        if (ProcessStatus.TryRead(pid, out ProcessStatus status))
        {
            (found.User, found.Group) = (status.User, status.Group);
        }

        Remember(pid, found);
        return found;
    }

    private void Remember(int pid, in KnownProcess process)
    {
        if (_known.Count >= KnownAtMost)
        {
            // Ends were lost. What still lives is found in /proc again.
            _known.Clear();
            _withoutLeader.Clear();
        }

        _known[pid] = process;
    }

    private static ProcessFacts Facts(int pid, in KnownProcess process) =>
        new(pid, process.StartNs, process.ParentPid, process.ParentStartNs, process.User, process.Group);

    private struct ListenRequest
    {
        public nlmsghdr Outer;
        public cn_msg Inner;
        public uint Operation;
    }
}
