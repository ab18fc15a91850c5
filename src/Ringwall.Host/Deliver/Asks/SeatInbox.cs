// Owns:     a ring of bytes with what a sensor said besides verdicts.
// Threads:  the answering thread puts, one other thread takes; neither waits for the other.
// Ordering: a message's bytes are written before the head moves, read before the tail moves.

using System.Buffers;
using System.Buffers.Binary;
using Ringwall.Kernel.Polling;

namespace Ringwall.Host.Deliver.Asks;

/// <summary>Findings, health answers and the like, on their way from the answering thread to supervision. Full means dropped and counted.</summary>
internal sealed class SeatInbox : IDisposable
{
    private const int LengthBytes = 4;
    private readonly int _capacity;
    private byte[] _ring;
    private long _head;
    private long _tail;
    private long _dropped;

    public SeatInbox(int capacityBytes = 512 * 1024)
    {
        _capacity = capacityBytes;
        _ring = ArrayPool<byte>.Shared.Rent(capacityBytes);
    }

    /// <summary>Readable while something may be inside.</summary>
    public WakeUp Arrived { get; } = new();

    public long Dropped => Volatile.Read(ref _dropped);

    public void Put(ReadOnlySpan<byte> message)
    {
        long head = _head;
        if (_capacity - (head - Volatile.Read(ref _tail)) < message.Length + LengthBytes)
        {
            Volatile.Write(ref _dropped, _dropped + 1);
            return;
        }

        Span<byte> length = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteInt32LittleEndian(length, message.Length);
        Copy(length, head);
        Copy(message, head + LengthBytes);
        Volatile.Write(ref _head, head + LengthBytes + message.Length);
        Arrived.Set();
    }

    /// <param name="into">Room for the longest message of the protocol.</param>
    /// <param name="length">Bytes of the message.</param>
    public bool TryTake(Span<byte> into, out int length)
    {
        long tail = _tail;
        if (tail == Volatile.Read(ref _head))
        {
            Arrived.Clear();
            if (tail == Volatile.Read(ref _head))
            {
                length = 0;
                return false;
            }
        }

        Span<byte> prefix = stackalloc byte[LengthBytes];
        CopyOut(tail, prefix);
        length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        CopyOut(tail + LengthBytes, into[..length]);
        Volatile.Write(ref _tail, tail + LengthBytes + length);
        return true;
    }

    /// <summary>When nobody puts or takes any more: its bytes are another's from now on.</summary>
    public void Dispose()
    {
        Arrived.Dispose();
        ArrayPool<byte>.Shared.Return(_ring);
        _ring = [];
    }

    private void Copy(ReadOnlySpan<byte> from, long at)
    {
        int start = (int)(at % _capacity);
        int first = Math.Min(from.Length, _capacity - start);
        from[..first].CopyTo(_ring.AsSpan(start));
        from[first..].CopyTo(_ring);
    }

    private void CopyOut(long at, Span<byte> into)
    {
        int start = (int)(at % _capacity);
        int first = Math.Min(into.Length, _capacity - start);
        _ring.AsSpan(start, first).CopyTo(into);
        _ring.AsSpan(0, into.Length - first).CopyTo(into[first..]);
    }
}
