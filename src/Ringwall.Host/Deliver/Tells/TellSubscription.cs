using System.Diagnostics;
using Ringwall.Contract;

namespace Ringwall.Host.Deliver.Tells;

// Owns:         the events that one subscriber has not taken yet, and the count of those that found no room.
// Does not own: the subscriber's socket (TellDelivery) or the other subscribers (TellHub).
// Threads:      any number publish; one reads. Both hold the lock only to copy.
// Ordering:     events come out in the order in which they were published. What was lost is told in its place: before the first event
//               that found room again, or at the end when there is none.
// Exactness:    for each source, published = delivered + waiting + lost, whenever nobody holds the lock.

/// <summary>One who is told events, through a ring of its own. When that is full, this one loses, and nobody waits.</summary>
internal sealed class TellSubscription : IDisposable
{
    private const int LossEventBytes = 128;

    private readonly Lock _lock = new();
    private readonly TellHub _hub;
    private readonly Action? _ready;
    private readonly int _much;

    // All guarded by _lock.
    private TellRingBuffer _ring;
    private readonly SourceCounts[] _counts = new SourceCounts[TellHub.Sources];
    private readonly ulong[] _untold = new ulong[LossKind.Count];
    private readonly byte[] _lossEvent = new byte[LossEventBytes];
    private int _untoldKinds;
    private long _waitingSinceMs;
    private bool _closed;

    internal TellSubscription(TellHub hub, string name, TellKinds kinds, SubscriptionShape shape)
    {
        _hub = hub;
        _ready = shape.Ready;
        _much = shape.MuchBytes;
        _ring = hub.Rings.Take(shape.CapacityBytes);
        Name = name;
        Kinds = kinds;
    }

    public string Name { get; }

    public TellKinds Kinds { get; }

    public SourceCounts Counts(TellKinds source)
    {
        lock (_lock)
        {
            return _counts[TellHub.IndexOf(source)];
        }
    }

    /// <summary>Whether there is something to read, be it only that something was lost.</summary>
    /// <param name="sinceMs">Since when (Environment.TickCount64) it waits.</param>
    /// <param name="bytes">How much.</param>
    public bool HasSomething(out long sinceMs, out int bytes)
    {
        lock (_lock)
        {
            sinceMs = _waitingSinceMs;
            bytes = _ring.Used;
            return HasSomethingNeedsLock;
        }
    }

    /// <summary>Packs a message of what waits, without taking it: that is <see cref="Take"/>'s.</summary>
    /// <param name="into">The message goes here and is no longer than this.</param>
    /// <param name="length">How long it is. 0 when nothing waits, or the first event does not fit.</param>
    /// <returns>What to take when the message was delivered.</returns>
    public Packed Pack(Span<byte> into, out int length)
    {
        length = 0;
        lock (_lock)
        {
            TellBatchWriter batch = new(into);
            Packed packed = new() { From = _ring.Head, To = _ring.Head };
            long next = packed.To;
            while (_ring.TryRead(ref next, out byte source, out ReadOnlySpan<byte> record) && batch.TryAdd(record))
            {
                packed.To = next;
                if (source != 0)
                {
                    packed.Events[TellHub.IndexOf((TellKinds)source)]++;
                }
            }

            // Nothing comes after what was lost last: tell it now.
            for (int kind = 0; packed.To == _ring.Tail && _untoldKinds > 0 && kind < LossKind.Count; kind++)
            {
                if (_untold[kind] != 0 && batch.TryAdd(LossEventNeedsLock(kind)))
                {
                    packed.Losses[kind] = _untold[kind];
                }
            }

            if (batch.Count > 0)
            {
                length = batch.Finish();
            }

            return packed;
        }
    }

    /// <summary>Takes what was packed: it counts as delivered. Only the last packing can be taken, and only once.</summary>
    public void Take(in Packed packed)
    {
        lock (_lock)
        {
            Debug.Assert(packed.From == _ring.Head || _closed, "packed before somebody else took");
            if (_closed)
            {
                return;
            }

            _ring.Release(packed.To);
            _waitingSinceMs = Environment.TickCount64;
            for (int index = 0; index < TellHub.Sources; index++)
            {
                _counts[index] = _counts[index] with { Delivered = _counts[index].Delivered + packed.Events[index] };
            }

            for (int kind = 0; kind < LossKind.Count; kind++)
            {
                if (packed.Losses[kind] != 0)
                {
                    _untold[kind] -= packed.Losses[kind];
                    _untoldKinds -= _untold[kind] == 0 ? 1 : 0;
                }
            }
        }
    }

    /// <summary>Packs and takes at once, for readers to whom nothing can happen in between.</summary>
    /// <returns>False when there is nothing.</returns>
    public bool TryTake(Span<byte> into, out int length)
    {
        Packed packed = Pack(into, out length);
        if (length == 0)
        {
            return false;
        }

        Take(packed);
        return true;
    }

    /// <summary>No more events. What waits is thrown away and counts as lost.</summary>
    public void Dispose()
    {
        _hub.Remove(this);
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            for (int index = 0; index < TellHub.Sources; index++)
            {
                _counts[index] = _counts[index] with { Lost = _counts[index].Published - _counts[index].Delivered };
            }

            // Whoever packs once more, not knowing yet, finds nothing, and nothing of another's.
            _hub.Rings.GiveBack(_ring);
            _ring = TellRingBuffer.Nothing;
            _untoldKinds = 0;
        }
    }

    /// <summary>Adds an event, or counts it as lost. Never waits for the reader.</summary>
    internal void Publish(TellKinds source, ReadOnlySpan<byte> encoded)
    {
        bool ready;
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            int index = TellHub.IndexOf(source);
            SourceCounts counts = _counts[index];
            int used = _ring.Used;
            bool nothing = !HasSomethingNeedsLock;

            // What was lost before goes first, and only if the event has room after it: else each event would be lost to the telling of the
            // one before. Twice the room, because the end of the ring may have to be passed over.
            bool added = TryAddLossesNeedsLock(2 * TellRingBuffer.RoomOf(encoded.Length)) && _ring.TryAdd((byte)source, encoded);
            if (!added)
            {
                CountUntoldNeedsLock(new LossKind(source, LossPlace.Host, IsExact: true).Index, 1);
            }

            _counts[index] = counts with { Published = counts.Published + 1, Lost = counts.Lost + (added ? 0 : 1) };
            ready = NoteNeedsLock(nothing, used);
        }

        if (ready)
        {
            _ready?.Invoke();
        }
    }

    /// <summary>Tells that events were lost before they came to the hub.</summary>
    internal void PublishLoss(LossKind kind, ulong count)
    {
        bool ready;
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            int used = _ring.Used;
            bool nothing = !HasSomethingNeedsLock;
            CountUntoldNeedsLock(kind.Index, count);
            _ = TryAddLossesNeedsLock(0);
            ready = NoteNeedsLock(nothing, used);
        }

        if (ready)
        {
            _ready?.Invoke();
        }
    }

    private bool HasSomethingNeedsLock => _ring.Used > 0 || _untoldKinds > 0;

    private bool NoteNeedsLock(bool nothingBefore, int usedBefore)
    {
        if (nothingBefore)
        {
            _waitingSinceMs = Environment.TickCount64;
        }

        return nothingBefore || (usedBefore < _much && _ring.Used >= _much);
    }

    private void CountUntoldNeedsLock(int kind, ulong count)
    {
        _untoldKinds += _untold[kind] == 0 ? 1 : 0;
        _untold[kind] += count;
    }

    private bool TryAddLossesNeedsLock(int spare)
    {
        for (int kind = 0; kind < LossKind.Count && _untoldKinds > 0; kind++)
        {
            if (_untold[kind] == 0)
            {
                continue;
            }

            if (!_ring.TryAdd(0, LossEventNeedsLock(kind), spare))
            {
                return false;
            }

            _untold[kind] = 0;
            _untoldKinds--;
        }

        return true;
    }

    private ReadOnlySpan<byte> LossEventNeedsLock(int kind)
    {
        LossKind told = LossKind.At(kind);
        TellWriter writer = new(_lossEvent, TellEventKind.Loss, told.Source, sequence: 0, TellHub.NowNs());
        writer.Lost(_untold[kind], told.IsExact, told.Place);
        return _lossEvent.AsSpan(0, writer.Finish());
    }
}
