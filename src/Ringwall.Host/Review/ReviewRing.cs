// Owns:         copies of what was asked and answered, and the descriptors that came with it, until they were taken.
// Threads:      the answering thread puts, the review thread takes; neither waits for the other, and nobody is woken: a wake-up is a system call.
// Ordering:     a slot and its bytes are written before the head moves, read before the tail moves. Each index has one writer.

using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Host.Findings;
using Ringwall.Host.Intake.Tells;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Review;

/// <summary>Answered asks on their way to the reviewers. What finds no room is counted and gone.</summary>
internal sealed class ReviewRing
{
    // Enough for 100 ms at 40,000 asks a second.
    private const int Slots = 4096;
    private const int Bytes = 512 * 1024;

    // They count against the host's limit, and an open file keeps its filesystem from being unmounted.
    private const int MostDescriptors = 128;

    private readonly Slot[] _slots = new Slot[Slots];
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(Bytes);
    private long _head;
    private long _tail;
    private long _bytesHead;
    private long _bytesTail;
    private int _descriptorsPut;
    private int _descriptorsTaken;
    private long _dropped;
    private volatile bool _isWanted;
    private volatile DescriptorWish _wish;

    /// <summary>Shows one ask.</summary>
    public delegate void Show(in ReviewedAsk ask);

    /// <summary>Whether anybody reviews. Set by the review thread's side.</summary>
    public bool IsWanted { get => _isWanted; set => _isWanted = value; }

    /// <summary>For which asks anybody wants the file.</summary>
    public DescriptorWish Wish { get => _wish; set => _wish = value; }

    /// <summary>How many found no room.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Copies the ask. The answering thread.</summary>
    /// <returns>Whether the descriptor belongs to the ring from now on.</returns>
    public bool Put(in ReviewedAsk ask)
    {
        long head = _head;
        int length = ask.Path.Length + ask.Why.Length;
        if (head - Volatile.Read(ref _tail) == Slots || _bytesHead - Volatile.Read(ref _bytesTail) > Bytes - length)
        {
            Volatile.Write(ref _dropped, _dropped + 1);
            return false;
        }

        bool takes = ask.Descriptor >= 0
            && (_wish == DescriptorWish.All || (_wish == DescriptorWish.Denied && ask.Judged == Verdict.Deny))
            && _descriptorsPut - Volatile.Read(ref _descriptorsTaken) < MostDescriptors;
        ref Slot slot = ref _slots[head % Slots];
        slot.Ticket = ask.Ticket;
        slot.Class = ask.Class;
        slot.File = ask.File;
        slot.Pid = ask.Pid;
        slot.Process = ask.Process;
        slot.Applied = ask.Applied;
        slot.Judged = ask.Judged;
        slot.Reason = ask.Reason;
        slot.DecidedBy = ask.DecidedBy;
        slot.AskedNs = ask.AskedNs;
        slot.TookNs = ask.TookNs;
        slot.Descriptor = takes ? ask.Descriptor : -1;
        slot.PathLength = ask.Path.Length;
        slot.WhyLength = ask.Why.Length;
        Copy(ask.Path, _bytesHead);
        Copy(ask.Why, _bytesHead + ask.Path.Length);
        _bytesHead += length;
        _descriptorsPut += takes ? 1 : 0;
        Volatile.Write(ref _head, head + 1);
        return takes;
    }

    /// <summary>Shows everything that has come since, closing what it came with. The review thread.</summary>
    /// <param name="scratch">Room for a path and a reason.</param>
    /// <returns>How many were shown.</returns>
    public int Take(Span<byte> scratch, Show show)
    {
        long head = Volatile.Read(ref _head);
        int count = 0;
        for (; _tail != head; count++)
        {
            ref Slot slot = ref _slots[_tail % Slots];
            Span<byte> path = scratch[..slot.PathLength];
            Span<byte> why = scratch.Slice(slot.PathLength, slot.WhyLength);
            CopyOut(_bytesTail, path);
            CopyOut(_bytesTail + slot.PathLength, why);
            try
            {
                show(slot.With(path, why));
            }
            finally
            {
                if (slot.Descriptor >= 0)
                {
                    OpenFile.Close(slot.Descriptor);
                    Volatile.Write(ref _descriptorsTaken, _descriptorsTaken + 1);
                }

                Volatile.Write(ref _bytesTail, _bytesTail + slot.PathLength + slot.WhyLength);
                slot = default;     // the process entry, with its parents, is not kept alive
                Volatile.Write(ref _tail, _tail + 1);
            }
        }

        return count;
    }

    private void Copy(ReadOnlySpan<byte> from, long at)
    {
        int start = (int)(at % Bytes);
        int first = Math.Min(from.Length, Bytes - start);
        from[..first].CopyTo(_bytes.AsSpan(start));
        from[first..].CopyTo(_bytes);
    }

    private void CopyOut(long at, Span<byte> into)
    {
        int start = (int)(at % Bytes);
        int first = Math.Min(into.Length, Bytes - start);
        _bytes.AsSpan(start, first).CopyTo(into);
        _bytes.AsSpan(0, into.Length - first).CopyTo(into[first..]);
    }

    private struct Slot
    {
        public ulong Ticket;
        public FileState File;
        public ProcessEntry? Process;
        public FindingSource? DecidedBy;
        public long AskedNs;
        public long TookNs;
        public int Pid;
        public int Descriptor;
        public int PathLength;
        public int WhyLength;
        public EventClass Class;
        public Verdict Applied;
        public Verdict Judged;
        public DecisionReason Reason;

        public readonly ReviewedAsk With(ReadOnlySpan<byte> path, ReadOnlySpan<byte> why) => new()
        {
            Ticket = Ticket,
            Class = Class,
            File = File,
            Pid = Pid,
            Process = Process,
            Path = path,
            Applied = Applied,
            Judged = Judged,
            Reason = Reason,
            DecidedBy = DecidedBy,
            Why = why,
            AskedNs = AskedNs,
            TookNs = TookNs,
            Descriptor = Descriptor,
        };
    }
}
