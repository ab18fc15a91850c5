using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Ringwall.Contract;

namespace Ringwall.Host.Journal;

// Format, little endian. A segment is a head and then frames without gaps.
//   head    "ringwall" (8 bytes), version u32, checksum u32 (of what follows), run u64, created i64 (ns since 1970)
//   frame   payload length u32, checksum u32 (of everything else in the frame), kind u32, time i64 (ns since 1970), payload
// The checksum is CRC-32C (RFC 3720, section 12.1), begun with ones and inverted at the end, so that zeros are no frame.

/// <summary>The bytes of the journal: pure, and afraid of what it reads.</summary>
internal static class JournalFrame
{
    public const int HeadBytes = 20;

    public const int SegmentHeadBytes = 32;

    /// <summary>No record is longer: an event or ask of the contract, and what the journal adds to it.</summary>
    public const int LongestPayload = Protocol.MaxMessageBytes + 4096;

    /// <summary>So many bytes hold any frame.</summary>
    public const int LongestFrame = HeadBytes + LongestPayload;

    private const uint Version = 1;

    private static ReadOnlySpan<byte> Magic => "ringwall"u8;

    /// <summary>Writes a frame and returns its length.</summary>
    /// <exception cref="ArgumentException">The payload is longer than <see cref="LongestPayload"/>, or the span too small.</exception>
    public static int Write(Span<byte> into, JournalRecordKind kind, long timeNs, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > LongestPayload)
        {
            throw new ArgumentException($"A record of {payload.Length} bytes is longer than {LongestPayload}.");
        }

        BinaryPrimitives.WriteInt32LittleEndian(into, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(into[8..], (uint)kind);
        BinaryPrimitives.WriteInt64LittleEndian(into[12..], timeNs);
        payload.CopyTo(into[HeadBytes..]);
        int length = HeadBytes + payload.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(into[4..], Checksum(into[..4], into[8..length]));
        return length;
    }

    /// <summary>Reads the frame that some bytes begin with.</summary>
    public static FrameOutcome Read(ReadOnlySpan<byte> from, out JournalRecord record, out int length)
    {
        record = default;
        length = 0;
        if (from.Length < HeadBytes)
        {
            return FrameOutcome.Short;
        }

        uint payload = BinaryPrimitives.ReadUInt32LittleEndian(from);
        if (payload > LongestPayload)
        {
            return FrameOutcome.Broken;
        }

        int whole = HeadBytes + (int)payload;
        if (from.Length < whole)
        {
            return FrameOutcome.Short;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(from[4..]) != Checksum(from[..4], from[8..whole]))
        {
            return FrameOutcome.Broken;
        }

        length = whole;
        record = new JournalRecord(
            (JournalRecordKind)BinaryPrimitives.ReadUInt32LittleEndian(from[8..]), BinaryPrimitives.ReadInt64LittleEndian(from[12..]), from[HeadBytes..whole]);
        return FrameOutcome.Whole;
    }

    /// <summary>Writes a segment's head of <see cref="SegmentHeadBytes"/>.</summary>
    public static void WriteSegmentHead(Span<byte> into, ulong run, long createdNs)
    {
        Magic.CopyTo(into);
        BinaryPrimitives.WriteUInt32LittleEndian(into[8..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(into[16..], run);
        BinaryPrimitives.WriteInt64LittleEndian(into[24..], createdNs);
        BinaryPrimitives.WriteUInt32LittleEndian(into[12..], Checksum(into[..12], into[16..SegmentHeadBytes]));
    }

    /// <summary>False: these bytes begin no segment that this version can read.</summary>
    public static bool TryReadSegmentHead(ReadOnlySpan<byte> from, out ulong run, out long createdNs)
    {
        run = 0;
        createdNs = 0;
        if (from.Length < SegmentHeadBytes || !from.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(from[8..]) != Version
            || BinaryPrimitives.ReadUInt32LittleEndian(from[12..]) != Checksum(from[..12], from[16..SegmentHeadBytes]))
        {
            return false;
        }

        run = BinaryPrimitives.ReadUInt64LittleEndian(from[16..]);
        createdNs = BinaryPrimitives.ReadInt64LittleEndian(from[24..]);
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => ~Checksum(Checksum(~0u, first), second);

    private static uint Checksum(uint crc, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return crc;
    }
}
