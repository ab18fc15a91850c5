using System.Buffers.Binary;

namespace Ringwall.Server.Health;

/// <summary>What is written down already of a device's way with one watched release, so that a report which changes nothing writes nothing. Six bytes in the device's row.</summary>
internal struct ReleaseMark
{
    public const int Bytes = 6;

    public int Release { get; set; }

    /// <summary>Index into <see cref="Wire.Fleet.ReleaseState.All"/>.</summary>
    public byte State { get; set; }

    public MarkFlags Flags { get; set; }

    public static ReleaseMark[] Read(ReadOnlySpan<byte> bytes)
    {
        var marks = new ReleaseMark[bytes.Length / Bytes];
        for (int i = 0; i < marks.Length; i++)
        {
            ReadOnlySpan<byte> one = bytes[(i * Bytes)..];
            marks[i] = new ReleaseMark { Release = BinaryPrimitives.ReadInt32LittleEndian(one), State = one[4], Flags = (MarkFlags)one[5] };
        }

        return marks;
    }

    public static byte[] Write(ReadOnlySpan<ReleaseMark> marks)
    {
        if (marks.IsEmpty)
        {
            return [];
        }

        byte[] bytes = new byte[marks.Length * Bytes];
        for (int i = 0; i < marks.Length; i++)
        {
            Span<byte> one = bytes.AsSpan(i * Bytes);
            BinaryPrimitives.WriteInt32LittleEndian(one, marks[i].Release);
            one[4] = marks[i].State;
            one[5] = (byte)marks[i].Flags;
        }

        return bytes;
    }
}
