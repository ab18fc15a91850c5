using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Ringwall.Contract.Tests.Document;

/// <summary>Writes an example of the document: hex on the left, what it means on the right.</summary>
internal static class DumpWriter
{
    private const int BytesInARow = 16;
    private const int Column = 58;

    public static string Message(string name, byte[] bytes)
    {
        StringBuilder dump = new();
        Line(dump, bytes.AsSpan(0, 8), $"{name}, {bytes.Length} bytes", 0);
        Fields(dump, name, bytes.AsSpan(8), 0);
        return dump.ToString();
    }

    public static string Event(byte[] bytes)
    {
        StringBuilder dump = new();
        Fields(dump, "Event", bytes, 0);
        return dump.ToString();
    }

    private static void Fields(StringBuilder dump, string table, ReadOnlySpan<byte> bytes, int depth)
    {
        while (!bytes.IsEmpty)
        {
            ushort id = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
            FieldRow row = ProtocolDocument.Instance.Tables[table].Single(candidate => candidate.Id == id);
            ReadOnlySpan<byte> value = bytes.Slice(8, length);
            string nested = row.Type switch { "process" => "Process", "ancestor" => "Ancestor", "event" => "Event", _ => "" };
            if (nested.Length > 0)
            {
                Line(dump, bytes[..8], $"{id} {row.Name}, {length} bytes:", depth);
                Fields(dump, nested, value, depth + 1);
            }
            else
            {
                Line(dump, bytes[..8], $"{id} {row.Name}, {length} byte{(length == 1 ? "" : "s")}", depth);
                for (int at = 0; at < length; at += BytesInARow)
                {
                    ReadOnlySpan<byte> part = value[at..Math.Min(length, at + BytesInARow)];
                    Line(dump, part, row.IsInteger ? Number(row, part) : Text(part), depth);
                }
            }

            bytes = bytes[(8 + length)..];
        }
    }

    private static void Line(StringBuilder dump, ReadOnlySpan<byte> bytes, string meaning, int depth)
    {
        StringBuilder line = new(new string(' ', depth * 2));
        foreach (byte b in bytes)
        {
            line.Append(CultureInfo.InvariantCulture, $"{b:x2} ");
        }

        dump.Append(line.ToString().PadRight(Column)).Append("; ").Append(meaning).Append('\n');
    }

    private static string Number(FieldRow row, ReadOnlySpan<byte> bytes)
    {
        Span<byte> whole = stackalloc byte[8];
        whole.Clear();
        bytes.CopyTo(whole);
        ulong number = BinaryPrimitives.ReadUInt64LittleEndian(whole);
        return row.Type == "i64" ? ((long)number).ToString(CultureInfo.InvariantCulture) : number.ToString(CultureInfo.InvariantCulture);
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new("\"");
        foreach (byte b in bytes)
        {
            text.Append(b is >= 0x20 and < 0x7f ? (char)b : '.');
        }

        return text.Append('"').ToString();
    }
}
