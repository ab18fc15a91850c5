using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using Ringwall.Kernel.Procfs;
using Ringwall.Kernel.Tells;

namespace Ringwall.Kernel.Bpf;

// Owns:         the BPF programs of this process that tell events, and the ring that they write.
// Threads:      Drain from one thread at a time (the caller's lock); Wait from one thread; the counts from any.
// Ordering:     events come to the sink in the order in which the kernel finished them. Loss comes after what the ring held when it was full.

/// <summary>Executions, forks, ends and connections, told by BPF programs.</summary>
public sealed class TellPrograms : IProcessTells
{
    private static readonly string[] ProcessPrograms = ["on_exec", "on_fork", "on_exit"];
    private static readonly string[] ConnectPrograms = ["on_connect4", "on_connect6"];

    private readonly BpfObject _object;
    private readonly TellRing _ring;
    private readonly List<BpfLink> _links = [];
    private readonly ExecCompletion _completion = new();
    private readonly byte[] _executable = new byte[NamePath.Room(2 * bpf_tells.TELL_PATH_MOST)];
    private readonly byte[] _directory = new byte[NamePath.Room(2 * bpf_tells.TELL_PATH_MOST)];
    private readonly ulong[] _toldLoss = new ulong[2];
    private readonly ulong[] _unreadable = new ulong[2];
    private ulong _misses;
    private long _askForMissesAt;
    private readonly long[] _read = new long[2];

    private TellPrograms(BpfObject loaded, TellRing ring)
    {
        _object = loaded;
        _ring = ring;
    }

    /// <summary>Records that broke the rules of Bpf/tells.h, told as lost. There is no reason for one.</summary>
    public long Unreadable => (long)(_unreadable[0] + _unreadable[1]);

    /// <summary>Loads the programs into the kernel. Nothing is told before they are attached.</summary>
    /// <param name="ringBytes">Room for events that were not read yet: a power of two, at least a page.</param>
    /// <param name="connections">Whether the programs that tell connections are loaded too.</param>
    /// <exception cref="KernelException">libbpf is missing, a right is, or the kernel lacks something.</exception>
    public static TellPrograms Load(int ringBytes, bool connections)
    {
        BpfObject loading = BpfObject.OpenBuiltIn("tells.bpf.o");
        try
        {
            loading.SetMaxEntries("ring", (uint)ringBytes);
            loading.SetMaxEntries("scratches", (uint)BpfObject.PossibleCpus());
            foreach (string program in connections ? [] : ConnectPrograms)
            {
                loading.LeaveOut(program);
            }

            loading.Load();
            TellRing ring = new(loading.MapDescriptor("ring"), ringBytes, loading.MapDescriptor("shared"));
            ring.SetMuch(ringBytes / 8);
            return new TellPrograms(loading, ring);
        }
        catch
        {
            loading.Dispose();
            throw;
        }
    }

    /// <summary>Starts to tell processes.</summary>
    public void AttachProcesses()
    {
        foreach (string program in ProcessPrograms)
        {
            _links.Add(_object.Attach(program));
        }
    }

    /// <summary>Starts to tell the connections of all processes in a cgroup (version 2) and below.</summary>
    public void AttachConnections(SafeFileHandle cgroup)
    {
        foreach (string program in ConnectPrograms)
        {
            _links.Add(_object.AttachToCgroup(program, cgroup));
        }
    }

    /// <summary>Events that happened, by the kernel's own count. Always what was read, plus what was lost, plus what waits in the ring.</summary>
    public long Produced(TellSource source) => (long)_ring.Count((int)source).produced;

    /// <summary>Events that found the ring full, by the kernel's own count.</summary>
    public long Dropped(TellSource source) => (long)_ring.Count((int)source).dropped;

    /// <summary>Events of processes at which the kernel did not run the program, as it was in its own way: those of <see cref="Drain"/>'s last look at that count.</summary>
    public long Missed => (long)Volatile.Read(ref _misses);

    /// <summary>Events that were read.</summary>
    public long Read(TellSource source) => Volatile.Read(ref _read[(int)source]);

    /// <summary>Ends every <see cref="Wait"/> as long as this is readable.</summary>
    public void AlsoWaitFor(SafeHandle readable) => _ring.AlsoWaitFor(readable);

    /// <summary>Gives what waits in the ring to the sink, but no more than so many, so that others get their turn.</summary>
    /// <returns>How many events there were.</returns>
    public int Drain(ITellSink sink, int most)
    {
        int taken = 0;
        while (taken < most && _ring.TryRead(out ReadOnlySpan<byte> bytes))
        {
            bool opened = TellRecord.TryOpen(bytes, out TellRecord record);
            if (opened && TryTell(record, sink))
            {
                _read[(int)record.Source]++;
            }
            else
            {
                _unreadable[opened ? (int)record.Source : (int)TellSource.Process]++;
            }

            _ring.Advance();
            taken++;
        }

        CountMisses();
        TellLoss(sink, TellSource.Process);
        TellLoss(sink, TellSource.Network);
        return taken;
    }

    /// <summary>Waits until there is something to drain.</summary>
    public void Wait(int milliseconds) => _ring.Sleep(milliseconds);

    /// <summary>Lets events gather for so long, because waking up for each costs more than the event; ends early when many gather.</summary>
    public void LetGather(int milliseconds) => _ring.Pause(milliseconds);

    public void Dispose()
    {
        foreach (BpfLink link in _links)
        {
            link.Dispose();
        }

        _ring.Dispose();
        _object.Dispose();
    }

    private bool TryTell(in TellRecord record, ITellSink sink)
    {
        switch (record.Kind)
        {
            case bpf_tells.TELL_EXEC when record.TryExec(out tell_exec exec, out var executable, out var directory, out var arguments):
                ExecFacts facts = Program(record.Process, exec, executable, directory, arguments);
                sink.Executed(record.Time, record.Process, facts);
                return true;
            case bpf_tells.TELL_FORK when record.TryFork(out int forkerPid, out ulong forkerStart):
                sink.Forked(record.Time, record.Process, forkerPid, forkerStart);
                return true;
            case bpf_tells.TELL_EXIT when record.TryExit(out int status):
                sink.Ended(record.Time, record.Process, status);
                return true;
            case bpf_tells.TELL_CONNECT when record.TryConnect(out ConnectFacts target):
                sink.Connecting(record.Time, record.Process, target);
                return true;
            default:
                return false;
        }
    }

    private ExecFacts Program(
        in ProcessFacts process, in tell_exec exec, ReadOnlySpan<byte> executable, ReadOnlySpan<byte> directory, ReadOnlySpan<byte> arguments)
    {
        bool noPath = (exec.flags & bpf_tells.TELL_EXE_INCOMPLETE) != 0;
        bool noDirectory = (exec.flags & bpf_tells.TELL_CWD_INCOMPLETE) != 0;
        bool noArguments = (exec.flags & bpf_tells.TELL_ARGS_UNREADABLE) != 0;
        ExecFacts told = new()
        {
            Executable = NamePath.Build(executable, _executable, (exec.flags & bpf_tells.TELL_EXE_DELETED) != 0, noPath),
            WorkingDirectory = NamePath.Build(directory, _directory, (exec.flags & bpf_tells.TELL_CWD_DELETED) != 0, noDirectory),
            ArgumentBlock = arguments,
            ArgumentsTotal = exec.args_total,
            Device = TellRecord.Device(exec),
            Inode = exec.inode,
        };
        return noPath | noDirectory | noArguments ? _completion.Complete(process, told, noPath, noDirectory, noArguments) : told;
    }

    // Three system calls, so seldom. The programs at connect(2) always run: only those at tracepoints can be in their own way.
    private void CountMisses()
    {
        if (Environment.TickCount64 < _askForMissesAt)
        {
            return;
        }

        _askForMissesAt = Environment.TickCount64 + 1000;
        ulong misses = 0;
        foreach (string program in ProcessPrograms)
        {
            misses += _object.Misses(program);
        }

        Volatile.Write(ref _misses, misses);
    }

    private void TellLoss(ITellSink sink, TellSource source)
    {
        ulong lost = _ring.Count((int)source).dropped + _unreadable[(int)source] + (source == TellSource.Process ? _misses : 0);
        ulong before = _toldLoss[(int)source];
        if (lost != before)
        {
            _toldLoss[(int)source] = lost;
            sink.Lost(source, lost - before, exact: true);
        }
    }
}
