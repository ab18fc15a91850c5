using System.Numerics;
using System.Runtime.InteropServices;
using Ringwall.Contract;

namespace Ringwall.Host.Deliver.Tells;

// Owns:     the bytes between tail and head.
// Threads:  none of its own: its owner locks.
// Layout:   records one after another, each a word and its bytes, aligned to words. The word has the length in its low 24 bits and the
//           source in the high 8: one bit of TellKinds for an event, 0 for a loss event, 255 for a gap that fills the end of the ring, so that a
//           record never goes over it.

/// <summary>A ring of encoded events.</summary>
internal sealed class TellRingBuffer
{
    private const int WordBytes = sizeof(uint);
    private const byte Gap = 255;

    /// <summary>Of whoever is told nothing any more. It stays empty.</summary>
    public static readonly TellRingBuffer Nothing = new(4096);

    private readonly byte[] _bytes;

    public TellRingBuffer(int atLeastBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(atLeastBytes, 4096);

        // Not cleared: a ring that is never full takes no more memory than it ever held.
        _bytes = GC.AllocateUninitializedArray<byte>((int)BitOperations.RoundUpToPowerOf2((uint)atLeastBytes));
    }

    public int Capacity => _bytes.Length;

    /// <summary>Where the oldest record starts. Positions grow until the ring is empty.</summary>
    public long Head { get; private set; }

    /// <summary>Where the next record will start.</summary>
    public long Tail { get; private set; }

    public int Used => (int)(Tail - Head);

    /// <summary>Adds a record, unless that would leave fewer than <paramref name="spare"/> bytes.</summary>
    public bool TryAdd(byte source, ReadOnlySpan<byte> record, int spare = 0)
    {
        int needed = WordBytes + Aligned(record.Length);
        int toEnd = _bytes.Length - Offset(Tail);
        int gap = needed > toEnd ? toEnd : 0;
        if (gap + needed + spare > _bytes.Length - Used)
        {
            return false;
        }

        if (gap > 0)
        {
            WriteWord(Gap, gap - WordBytes);
            Tail += gap;
        }

        WriteWord(source, record.Length);
        record.CopyTo(_bytes.AsSpan(Offset(Tail) + WordBytes));
        Tail += needed;
        return true;
    }

    /// <summary>Reads the record at a position between head and tail, and moves the position behind it. False at the tail.</summary>
    public bool TryRead(scoped ref long position, out byte source, out ReadOnlySpan<byte> record)
    {
        while (position < Tail)
        {
            int at = Offset(position);
            uint word = MemoryMarshal.Read<uint>(_bytes.AsSpan(at));
            int length = (int)(word & 0xff_ffff);
            source = (byte)(word >> 24);
            position += WordBytes + Aligned(length);
            if (source != Gap)
            {
                record = _bytes.AsSpan(at + WordBytes, length);
                return true;
            }
        }

        source = 0;
        record = default;
        return false;
    }

    /// <summary>Gives up everything before a position. Positions that were read before an empty ring are of no use afterwards.</summary>
    public void Release(long position)
    {
        Head = position;
        if (Head == Tail)
        {
            // From the start again, so that a reader who keeps up goes over the same few pages, and the others never become memory.
            Head = Tail = 0;
        }
    }

    public static int RoomOf(int record) => WordBytes + Aligned(record);

    private static int Aligned(int length) => (length + WordBytes - 1) & ~(WordBytes - 1);

    private int Offset(long position) => (int)(position & (_bytes.Length - 1));

    private void WriteWord(byte source, int length)
    {
        uint word = ((uint)source << 24) | (uint)length;
        MemoryMarshal.Write(_bytes.AsSpan(Offset(Tail)), in word);
    }
}
