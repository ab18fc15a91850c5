using System.Buffers.Binary;
using System.Numerics;
using Ringwall.Contract;

namespace Ringwall.Sdk.Running;

// Owns:     tell events that wait for the vendor's code, as bytes in a ring, and the exact count of those that found no room.
// Threads:  the reading thread puts (and never waits for the vendor), the tell thread takes. One lock, held to copy bytes.
// Ordering: events in the order of arrival; a loss event stands where the lost events would have stood.
internal sealed class TellQueue(int capacity)
{
    private const int LengthBytes = sizeof(int);

    private readonly object _gate = new();
    private readonly byte[] _ring = new byte[capacity];
    private readonly ulong[] _lost = new ulong[8];      // by source: the number of its bit
    private readonly byte[] _lossEvent = new byte[256];
    private readonly byte[] _header = new byte[LengthBytes];
    private int _inexact;                               // bit per source: some of its loss is not exact
    private int _head;
    private int _used;
    private int _count;
    private bool _anyLost;
    private bool _closed;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>Puts every event of a batch, or counts it as lost. Returns how many were lost here.</summary>
    public ulong Put(TellBatch batch)
    {
        ulong lost = 0;
        lock (_gate)
        {
            foreach (ReadOnlySpan<byte> encoded in batch)
            {
                if (!PutPendingLossNeedsLock() || !PutNeedsLock(encoded))
                {
                    lost += LoseNeedsLock(encoded);
                }
            }

            Monitor.Pulse(_gate);
        }

        return lost;
    }

    /// <summary>Takes the next event, waiting for it. False: closed, and nothing is left.</summary>
    /// <param name="into"><see cref="Protocol.MaxEventBytes"/> or more.</param>
    /// <param name="length">The event's length.</param>
    public bool Take(Span<byte> into, out int length)
    {
        lock (_gate)
        {
            while (_count == 0 && !PutPendingLossNeedsLock(atLeastOne: true))
            {
                if (_closed)
                {
                    length = 0;
                    return false;
                }

                Monitor.Wait(_gate);
            }

            CopyOutNeedsLock(_header);
            length = BinaryPrimitives.ReadInt32LittleEndian(_header);
            CopyOutNeedsLock(into[..length]);
            _count--;
            return true;
        }
    }

    /// <summary>Takes no more. What waits is still given out unless it is to be forgotten.</summary>
    public void Close(bool forget)
    {
        lock (_gate)
        {
            _closed = true;
            if (forget)
            {
                _used = 0;
                _count = 0;
                _anyLost = false;
            }

            Monitor.PulseAll(_gate);
        }
    }

    private bool PutNeedsLock(ReadOnlySpan<byte> encoded)
    {
        if (LengthBytes + encoded.Length > _ring.Length - _used)
        {
            return false;
        }

        BinaryPrimitives.WriteInt32LittleEndian(_header, encoded.Length);
        CopyInNeedsLock(_header);
        CopyInNeedsLock(encoded);
        _count++;
        return true;
    }

    /// <summary>Turns what was lost into loss events. False: some loss is still untold (or, on request, there was none).</summary>
    private bool PutPendingLossNeedsLock(bool atLeastOne = false)
    {
        if (!_anyLost)
        {
            return !atLeastOne;
        }

        for (int source = 0; source < _lost.Length; source++)
        {
            if (_lost[source] == 0)
            {
                continue;
            }

            ulong time = (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
            TellWriter writer = new(_lossEvent, TellEventKind.Loss, (TellKinds)(1 << source), sequence: 0, time);
            writer.Lost(_lost[source], (_inexact & (1 << source)) == 0, LossPlace.Sensor);
            if (!PutNeedsLock(_lossEvent.AsSpan(0, writer.Finish())))
            {
                return false;
            }

            _lost[source] = 0;
            _inexact &= ~(1 << source);
        }

        _anyLost = false;
        return true;
    }

    private ulong LoseNeedsLock(ReadOnlySpan<byte> encoded)
    {
        // A malformed event is not counted here: the tell thread would have ended the sensor for it, and the next one will.
        if (!TellReader.TryRead(encoded, out TellReader tell))
        {
            return 0;
        }

        // A loss event that finds no room is not itself an event that was lost: what it counted goes on into ours.
        int source = BitOperations.TrailingZeroCount((uint)tell.Source);
        bool isLoss = tell.Kind == TellEventKind.Loss;
        _lost[source] += isLoss ? tell.Lost : 1;
        if (isLoss && !tell.LossIsExact)
        {
            _inexact |= 1 << source;
        }

        _anyLost = true;
        return isLoss ? 0UL : 1UL;
    }

    private void CopyInNeedsLock(ReadOnlySpan<byte> bytes)
    {
        int at = (int)(((long)_head + _used) % _ring.Length);
        int first = Math.Min(bytes.Length, _ring.Length - at);
        bytes[..first].CopyTo(_ring.AsSpan(at));
        bytes[first..].CopyTo(_ring);
        _used += bytes.Length;
    }

    private void CopyOutNeedsLock(Span<byte> into)
    {
        int first = Math.Min(into.Length, _ring.Length - _head);
        _ring.AsSpan(_head, first).CopyTo(into);
        _ring.AsSpan(0, into.Length - first).CopyTo(into[first..]);
        _head = (int)(((long)_head + into.Length) % _ring.Length);
        _used -= into.Length;
    }
}
