using System.Text;
using Ringwall.Contract;
using Ringwall.Host.Intake.Tells;
using Ringwall.Kernel.Polling;

namespace Ringwall.Host.Findings;

// Owns:         a fixed number of slots for denials.
// Threads:      TryNote: the answering thread alone. Drain: the findings thread alone.
// Ordering:     the writer fills a slot, then moves _head; the reader copies the slot, then moves _tail. Each index has one writer.

/// <summary>
/// How the answering thread tells of a denial without waiting or allocating: it copies a few bytes into a slot after it has answered, and sets an eventfd. When nobody
/// has drained the ring in time, denials are counted instead.
/// </summary>
internal sealed class DenialRing
{
    private const int PathBytes = 4096;
    private const int ReasonBytes = 512;
    private static readonly TimeSpan Lag = TimeSpan.FromMilliseconds(200);

    private readonly Slot[] _slots;
    private readonly byte[] _bytes;
    private int _head;
    private int _tail;
    private long _dropped;

    /// <param name="slots">A power of two.</param>
    public DenialRing(int slots = 256)
    {
        if (slots <= 0 || (slots & (slots - 1)) != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(slots), slots, "A power of two is needed.");
        }

        _slots = new Slot[slots];
        _bytes = new byte[slots * (PathBytes + ReasonBytes)];
    }

    /// <summary>Set when there is something to drain. Belongs to the log that drains.</summary>
    public WakeUp Wake { get; } = new();

    /// <summary>How many found no free slot.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Copies everything that it keeps. False: no slot was free.</summary>
    /// <param name="source">Whose verdict it was; made when the sensor was seated.</param>
    /// <param name="note">What was denied.</param>
    /// <param name="actor">What the process table knows of the asker; null when nothing.</param>
    public bool TryNote(FindingSource source, in DenialNote note, ProcessEntry? actor)
    {
        int head = _head;
        if (head - Volatile.Read(ref _tail) == _slots.Length)
        {
            Volatile.Write(ref _dropped, _dropped + 1);
            return false;
        }

        int at = head & (_slots.Length - 1);
        ref Slot slot = ref _slots[at];
        Span<byte> room = _bytes.AsSpan(at * (PathBytes + ReasonBytes), PathBytes + ReasonBytes);
        slot.Source = source;
        slot.Actor = actor;
        slot.Class = note.Class;
        slot.Ticket = note.Ticket;
        slot.Size = note.Size;
        slot.Pid = note.Pid;
        slot.FromCache = note.FromCache;
        slot.NotApplied = note.NotApplied;
        slot.PathLength = Copy(note.Path, room[..PathBytes]);
        slot.ReasonLength = Copy(note.Reason, room[PathBytes..]);
        Volatile.Write(ref _head, head + 1);
        Wake.Set();
        return true;
    }

    /// <summary>Reports what has come since.</summary>
    /// <param name="into">Where to.</param>
    /// <param name="processes">Who is looked for once more: a process that has just been started may be asked about before its start was told.</param>
    public void Drain(FindingLog into, ProcessTable? processes)
    {
        int head = Volatile.Read(ref _head);
        TimeSpan patience = processes is null ? TimeSpan.Zero : Lag;
        while (_tail != head)
        {
            int at = _tail & (_slots.Length - 1);
            ref Slot slot = ref _slots[at];
            ReadOnlySpan<byte> room = _bytes.AsSpan(at * (PathBytes + ReasonBytes), PathBytes + ReasonBytes);
            FindingSource source = slot.Source!;
            int pid = slot.Pid;
            ProcessEntry? actor = slot.Actor;
            if (actor is null && patience > TimeSpan.Zero && !SpinWait.SpinUntil(() => processes!.TryGet(pid, out actor), patience))
            {
                // Once is enough: others must not wait as long again, each.
                patience = TimeSpan.Zero;
            }

            Denial denial = new()
            {
                Class = slot.Class,
                Ticket = slot.Ticket,
                Size = slot.Size,
                FromCache = slot.FromCache,
                NotApplied = slot.NotApplied,
                Path = room[..slot.PathLength].ToArray(),
                Reason = Encoding.UTF8.GetString(room.Slice(PathBytes, slot.ReasonLength)),
                Actor = actor is not null ? ActorRecord.From(actor) : new ProcessRecord { Pid = (uint)pid },
            };
            slot.Source = null;
            slot.Actor = null;
            Volatile.Write(ref _tail, _tail + 1);
            into.Report(source, denial);
        }
    }

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        int length = Math.Min(from.Length, to.Length);
        from[..length].CopyTo(to);
        return length;
    }

    private struct Slot
    {
        public FindingSource? Source;
        public ProcessEntry? Actor;
        public ulong Ticket;
        public ulong Size;
        public int Pid;
        public int PathLength;
        public int ReasonLength;
        public EventClass Class;
        public bool FromCache;
        public string? NotApplied;
    }
}
