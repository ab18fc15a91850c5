using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Ringwall.Host.Intake.Tells;

// Owns:         the entries of living processes, and for a short while those of ended ones.
// Does not own: where they come from (ProcessTells, ProcessSeeds).
// Threads:      TryGet from any thread, without a lock. All that changes it: one thread at a time, under the lock of ProcessTells.
// Bounds:       LivingAtMost living entries, EndedAtMost ended ones. A chain of ancestors that have all ended is cut after
//               AncestorsAtMost, so that processes that fork and end for ever do not grow it for ever.

/// <summary>Who is who among the processes, kept from their events.</summary>
internal sealed class ProcessTable
{
    /// <summary>The event of a process start has up to 64 KiB of arguments; every later event of the process repeats at most these.</summary>
    public const int ArgumentBytesKept = 2048;

    public const int AncestorsAtMost = 16;

    public const int EndedAtMost = 4096;

    public const int LivingAtMost = 131_072;

    private readonly ConcurrentDictionary<int, ProcessEntry> _entries = new();
    private readonly Queue<Ended> _ended = new();
    private readonly TimeSpan _keepEnded;
    private int _living;

    /// <param name="keepEnded">How long an ended process can still be looked up, for events about it that come late.</param>
    public ProcessTable(TimeSpan keepEnded) => _keepEnded = keepEnded;

    public ProcessTable()
        : this(TimeSpan.FromSeconds(5))
    {
    }

    /// <summary>Living processes in the table.</summary>
    public int Living => Volatile.Read(ref _living);

    /// <summary>Processes that found the table full.</summary>
    public long Refused { get; private set; }

    /// <summary>Lock-free. Gives the entry of the process that has this number now, or else had it a moment ago.</summary>
    public bool TryGet(int pid, [MaybeNullWhen(false)] out ProcessEntry entry) => _entries.TryGetValue(pid, out entry);

    /// <summary>Lock-free. The same, for one process for good.</summary>
    public bool TryGet(ProcessKey key, [MaybeNullWhen(false)] out ProcessEntry entry) =>
        _entries.TryGetValue(key.Pid, out entry) && entry.Key == key;

    /// <summary>A moment's copy, for comparison and display.</summary>
    public List<ProcessEntry> Snapshot()
    {
        List<ProcessEntry> all = [];
        foreach (KeyValuePair<int, ProcessEntry> pair in _entries)
        {
            if (!pair.Value.HasEnded)
            {
                all.Add(pair.Value);
            }
        }

        return all;
    }

    /// <summary>Puts a new process, or a process's new program, in its place. False when the table is full.</summary>
    internal bool Put(ProcessEntry entry)
    {
        if (_entries.TryGetValue(entry.Key.Pid, out ProcessEntry? before) && !before.HasEnded)
        {
            before.End();
        }
        else if (_living >= LivingAtMost)
        {
            Refused++;
            return false;
        }
        else
        {
            Volatile.Write(ref _living, _living + 1);
        }

        _entries[entry.Key.Pid] = entry;
        CutAncestors(entry);
        return true;
    }

    /// <summary>The process has ended. False when it was not in the table, or had ended before: each process ends once.</summary>
    internal bool End(ProcessKey key, long nowMs)
    {
        if (!_entries.TryGetValue(key.Pid, out ProcessEntry? entry) || entry.Key != key || entry.HasEnded)
        {
            return false;
        }

        entry.End();
        Volatile.Write(ref _living, _living - 1);
        _ended.Enqueue(new Ended(entry, nowMs));
        if (_ended.Count > EndedAtMost)
        {
            Forget(_ended.Dequeue());
        }

        return true;
    }

    /// <summary>Lets go of those that ended too long ago.</summary>
    internal void Sweep(long nowMs)
    {
        while (_ended.TryPeek(out Ended oldest) && nowMs - oldest.AtMs > (long)_keepEnded.TotalMilliseconds)
        {
            Forget(_ended.Dequeue());
        }
    }

    // Only if the number was not given to another process meanwhile.
    private void Forget(Ended ended) => _entries.TryRemove(new KeyValuePair<int, ProcessEntry>(ended.Entry.Key.Pid, ended.Entry));

    private static void CutAncestors(ProcessEntry entry)
    {
        ProcessEntry? at = entry;
        for (int i = 0; i < AncestorsAtMost && at is not null; i++)
        {
            at = at.Parent;
        }

        // A living one keeps its parent: other children may be asked about it, and the number of living ones is bounded anyway.
        if (at is { HasEnded: true })
        {
            at.LetGoOfParent();
        }
    }

    private readonly record struct Ended(ProcessEntry Entry, long AtMs);
}
