using Ringwall.Contract;
using Ringwall.Host.Deliver.Tells;
using Ringwall.Kernel.Polling;
using Ringwall.Kernel.Scheduling;
using Ringwall.Kernel.Tells;

namespace Ringwall.Host.Intake.Tells;

// Owns:         the process event thread, and the changing of the process table.
// Does not own: the table's memory (readers have it too), the kernel's end (closed by whoever opened it), the hub.
// Threads:      its own. The file event thread may take a turn by CatchUp. Both hold _turn while they drain; nothing that they do there waits
//               for anybody: /proc is read, and each subscriber's ring is locked for a copy.
// Ordering:     the table is changed before the event is published: who hears of a process can look it up. Events come in the kernel's order.

/// <summary>Takes what the kernel tells of processes and connections, keeps the process table, and publishes events.</summary>
internal sealed class ProcessTells : ITellSink, IDisposable
{
    // Waking up for one event costs as much as taking dozens.
    private const int GatherMs = 2;
    private const int IdleMs = 1_000;
    private const int DrainAtOnce = 512;
    private const int ReconcileEveryMs = 1_000;
    private const int PathsKept = 4_096;

    private readonly IProcessTells _kernel;
    private readonly ProcessTable _table;
    private readonly TellHub _hub;
    private readonly ProcessSeeds _seeds;
    private readonly KnownPaths _paths = new(PathsKept);
    private readonly TellEncoder _encoder = new();
    private readonly Lock _turn = new();
    private readonly WakeUp _stop = new();
    private readonly Thread _thread;
    private ulong _sinceEpoch;
    private bool _lost;
    private long _reconciledAtMs;
    private volatile bool _stopping;

    /// <param name="kernel">Attached already, so that nothing falls between reading /proc and the first event.</param>
    /// <param name="table">Filled here, and changed here alone.</param>
    /// <param name="hub">Where events go.</param>
    public ProcessTells(IProcessTells kernel, ProcessTable table, TellHub hub)
    {
        _kernel = kernel;
        _table = table;
        _hub = hub;
        _seeds = new ProcessSeeds(_paths);
        _kernel.AlsoWaitFor(_stop.Handle);
        _thread = new Thread(Run) { Name = "process events", IsBackground = true };
        lock (_turn)
        {
            _seeds.ReadAll(_table);
        }
    }

    /// <summary>Times that the table was compared with /proc because events had been lost.</summary>
    public long Reconciliations { get; private set; }

    public void Start() => _thread.Start();

    /// <summary>
    /// Takes all that the kernel has told until now, on the calling thread. Afterwards the table knows every process that did something
    /// before the call, so that what it did can be put down to it.
    /// </summary>
    public void CatchUp()
    {
        lock (_turn)
        {
            DrainAllNeedsLock();
        }
    }

    public void Executed(ulong time, in ProcessFacts process, in ExecFacts program)
    {
        ProcessKey key = ProcessKey.FromBootTime(process.Pid, process.StartNs);
        ProcessKey parentKey = ProcessKey.FromBootTime(process.ParentPid, process.ParentStartNs);
        ProcessEntry? parent;
        if (_table.TryGet(key, out ProcessEntry? before))
        {
            // Who forked it is told for good; a parent that it was given later says less.
            (parentKey, parent) = (before.ParentKey, before.Parent);
        }
        else
        {
            _ = _table.TryGet(parentKey, out parent);
        }

        ReadOnlySpan<byte> block = program.ArgumentBlock;
        bool keptCut = block.Length > ProcessTable.ArgumentBytesKept;
        bool cut = (ulong)block.Length < program.ArgumentsTotal;
        ProcessEntry entry = new()
        {
            Key = key,
            ParentKey = parentKey,
            Parent = parent,
            Executable = _paths.Same(Shortened(program.Executable)),
            ExecutableFile = new FileKey(program.Device, program.Inode),
            WorkingDirectory = _paths.Same(Shortened(program.WorkingDirectory)),
            ArgumentBlock = (keptCut ? block[..ProcessTable.ArgumentBytesKept] : block).ToArray(),
            ArgumentsCut = cut || keptCut,
            User = process.User,
            Group = process.Group,
        };
        _table.Put(entry);

        ulong sequence = _hub.NextSequence(TellKinds.Process);
        if ((_hub.Wanted & TellKinds.Process) != 0)
        {
            _hub.Publish(TellKinds.Process, _encoder.Start(sequence, time + _sinceEpoch, entry, block, cut));
        }
    }

    public void Forked(ulong time, in ProcessFacts process, int forkerPid, ulong forkerStartNs)
    {
        ProcessKey forkerKey = ProcessKey.FromBootTime(forkerPid, forkerStartNs);
        ProcessEntry forker = Find(forkerKey, process.User, process.Group);
        ProcessKey parentKey = ProcessKey.FromBootTime(process.ParentPid, process.ParentStartNs);
        ProcessEntry? parent = forker;
        if (parentKey != forkerKey)
        {
            // CLONE_PARENT: the new process is its maker's sibling.
            _ = _table.TryGet(parentKey, out parent);
        }

        // Until it executes something it is a copy of its maker.
        ProcessEntry child = new()
        {
            Key = ProcessKey.FromBootTime(process.Pid, process.StartNs),
            ParentKey = parentKey,
            Parent = parent,
            Executable = forker.Executable,
            ExecutableFile = forker.ExecutableFile,
            WorkingDirectory = forker.WorkingDirectory,
            ArgumentBlock = forker.ArgumentBlock,
            ArgumentsCut = forker.ArgumentsCut,
            User = process.User,
            Group = process.Group,
        };
        _table.Put(child);

        ulong sequence = _hub.NextSequence(TellKinds.Process);
        if ((_hub.Wanted & TellKinds.Process) != 0)
        {
            _hub.Publish(TellKinds.Process, _encoder.Fork(sequence, time + _sinceEpoch, forker, child));
        }
    }

    public void Ended(ulong time, in ProcessFacts process, int status)
    {
        ProcessKey key = ProcessKey.FromBootTime(process.Pid, process.StartNs);
        if (!_table.TryGet(key, out ProcessEntry? entry))
        {
            entry = ProcessEntry.Unknown(key, ProcessKey.FromBootTime(process.ParentPid, process.ParentStartNs), process.User, process.Group);
        }
        else if (!_table.End(key, Environment.TickCount64))
        {
            // Two last threads told of the same end.
            return;
        }

        ulong sequence = _hub.NextSequence(TellKinds.Process);
        if ((_hub.Wanted & TellKinds.Process) != 0)
        {
            _hub.Publish(TellKinds.Process, _encoder.Exit(sequence, time + _sinceEpoch, entry, status));
        }
    }

    public void Connecting(ulong time, in ProcessFacts process, in ConnectFacts target)
    {
        ulong sequence = _hub.NextSequence(TellKinds.Network);
        if ((_hub.Wanted & TellKinds.Network) != 0)
        {
            ProcessEntry actor = Find(ProcessKey.FromBootTime(process.Pid, process.StartNs), process.User, process.Group);
            _hub.Publish(TellKinds.Network, _encoder.Connect(sequence, time + _sinceEpoch, actor, target));
        }
    }

    public void Lost(TellSource source, ulong count, bool exact)
    {
        _lost |= source == TellSource.Process;
        _hub.PublishLoss(source == TellSource.Process ? TellKinds.Process : TellKinds.Network, count, exact);
    }

    public void Dispose()
    {
        _stopping = true;
        _stop.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _stop.Dispose();
    }

    private static ReadOnlySpan<byte> Shortened(ReadOnlySpan<byte> path) =>
        path.Length <= Protocol.MaxPathBytes ? path : path[..Protocol.MaxPathBytes];

    private void Run()
    {
        // So that events do not wait while the very storm that makes them has the processors.
        _ = Urgency.TryPrefer();
        while (!_stopping)
        {
            int taken;
            lock (_turn)
            {
                taken = DrainNeedsLock();
                if (taken == 0)
                {
                    RestNeedsLock();
                }
            }

            if (taken == 0)
            {
                _kernel.Wait(IdleMs);
            }
            else if (taken < DrainAtOnce)
            {
                _kernel.LetGather(GatherMs);
            }
        }
    }

    private int DrainNeedsLock()
    {
        _sinceEpoch = BootClock.SinceEpochNs;
        return _kernel.Drain(this, DrainAtOnce);
    }

    private void DrainAllNeedsLock()
    {
        while (DrainNeedsLock() == DrainAtOnce)
        {
        }
    }

    private void RestNeedsLock()
    {
        long now = Environment.TickCount64;
        _table.Sweep(now);
        if (_lost && now - _reconciledAtMs >= ReconcileEveryMs)
        {
            _lost = false;
            _reconciledAtMs = now;
            ReconcileNeedsLock();
        }
    }

    /// <summary>Events were lost, so the table may have processes that ended and lack some that started.</summary>
    private void ReconcileNeedsLock()
    {
        List<ProcessEntry> before = _table.Snapshot();
        _seeds.ReadAll(_table);
        List<ProcessEntry> gone = before.FindAll(entry => entry is { HasEnded: false } && !ProcessSeeds.IsThere(entry.Key));

        // The end of some may just be on its way here, and is to be told.
        DrainAllNeedsLock();
        foreach (ProcessEntry entry in gone)
        {
            _table.End(entry.Key, Environment.TickCount64);
        }

        Reconciliations++;
    }

    private ProcessEntry Find(ProcessKey key, uint user, uint group)
    {
        if (_table.TryGet(key, out ProcessEntry? known))
        {
            return known;
        }

        if (_seeds.TryRead(key.Pid, _table) is { } read && read.Key == key)
        {
            _table.Put(read);
            return read;
        }

        return ProcessEntry.Unknown(key, default, user, group);
    }
}
