using System.Buffers;
using System.Text;

namespace Ringwall.Trust;

/// <summary>
/// The one form of a value that is signed and hashed: canonical JSON as OLPC describes it and securesystemslib writes it. No blanks; fields sorted by
/// code point; in texts only the quote and the backslash are escaped, everything else stands as it is in UTF-8, control characters too (so this is not always JSON); whole numbers only.
/// </summary>
public static class CanonicalJson
{
    public static byte[] Write(MetaValue value)
    {
        ArrayBufferWriter<byte> to = new(1024);
        Write(value, to);
        return to.WrittenSpan.ToArray();
    }

    private static void Write(MetaValue value, ArrayBufferWriter<byte> to)
    {
        switch (value)
        {
            case MetaValue.Map map:
                WriteMap(map, to);
                break;
            case MetaValue.List list:
                to.Write("["u8);
                for (int i = 0; i < list.Items.Count; i++)
                {
                    to.Write(i == 0 ? [] : ","u8);
                    Write(list.Items[i], to);
                }

                to.Write("]"u8);
                break;
            case MetaValue.Text text:
                WriteText(text.Value, to);
                break;
            case MetaValue.Number integer:
                Span<byte> digits = stackalloc byte[20];
                integer.Value.TryFormat(digits, out int length);
                to.Write(digits[..length]);
                break;
            case MetaValue.Flag flag:
                to.Write(flag.Value ? "true"u8 : "false"u8);
                break;
            default:
                to.Write("null"u8);
                break;
        }
    }

    private static void WriteMap(MetaValue.Map map, ArrayBufferWriter<byte> to)
    {
        string[] names = [.. map.Fields.Keys];
        Array.Sort(names, CompareCodePoints);
        to.Write("{"u8);
        for (int i = 0; i < names.Length; i++)
        {
            to.Write(i == 0 ? [] : ","u8);
            WriteText(names[i], to);
            to.Write(":"u8);
            Write(map.Fields[names[i]], to);
        }

        to.Write("}"u8);
    }

    private static void WriteText(string text, ArrayBufferWriter<byte> to)
    {
        string escaped = text.AsSpan().IndexOfAny('\\', '"') < 0
            ? text
            : text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        to.Write("\""u8);
        int written = Encoding.UTF8.GetBytes(escaped, to.GetSpan(Encoding.UTF8.GetMaxByteCount(escaped.Length)));
        to.Advance(written);
        to.Write("\""u8);
    }

    // Ordinal order of strings is that of UTF-16 units, which puts what needs two of them before U+E000 to U+FFFF. Code points put it behind.
    internal static int CompareCodePoints(string left, string right)
    {
        int common = Math.Min(left.Length, right.Length);
        for (int i = 0; i < common; i++)
        {
            if (left[i] != right[i])
            {
                return Rank(left[i]) - Rank(right[i]);
            }
        }

        return left.Length - right.Length;
    }

    private static int Rank(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
