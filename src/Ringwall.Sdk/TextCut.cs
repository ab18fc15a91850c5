using System.Text;
using System.Text.Unicode;

namespace Ringwall.Sdk;

/// <summary>Cuts text to a number of UTF-8 bytes, between characters.</summary>
internal static class TextCut
{
    public static string To(string text, int bytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= bytes)
        {
            return text;
        }

        byte[] cut = new byte[bytes];
        return Encoding.UTF8.GetString(cut, 0, To(text, cut));
    }

    /// <summary>Encodes as much as fits, allocating nothing; returns how many bytes that is.</summary>
    public static int To(ReadOnlySpan<char> text, Span<byte> into)
    {
        Utf8.FromUtf16(text, into, out _, out int written, replaceInvalidSequences: true);
        return written;
    }
}
