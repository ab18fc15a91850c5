using System.Text;

namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>Values as an encoding would write them. A value can become several: <see cref="TextEncoding.Base64Offset"/> makes three of one.</summary>
internal static class EncodedText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="RuleFaultException">The bytes that result are not text, so no field can hold them.</exception>
    public static List<string> Encode(string text, List<TextEncoding> encodings, int line)
    {
        List<byte[]> values = [Encoding.UTF8.GetBytes(text)];
        foreach (TextEncoding encoding in encodings)
        {
            values = [.. values.SelectMany(value => Encode(value, encoding, line))];
        }

        return [.. values.Select(value => Decode(value, line))];
    }

    private static IEnumerable<byte[]> Encode(byte[] value, TextEncoding encoding, int line) => encoding switch
    {
        TextEncoding.Base64 => [Base64(value)],
        TextEncoding.Base64Offset => [BehindOffset(value, 0), BehindOffset(value, 1), BehindOffset(value, 2)],
        TextEncoding.Utf16LittleEndian => [Encoding.Unicode.GetBytes(Decode(value, line))],
        TextEncoding.Utf16BigEndian => [Encoding.BigEndianUnicode.GetBytes(Decode(value, line))],
        _ => [[0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Decode(value, line))]],
    };

    private static byte[] Base64(byte[] value) => Encoding.ASCII.GetBytes(Convert.ToBase64String(value));

    /// <summary>What of the encoding depends on the value alone when <paramref name="offset"/> unknown bytes come before it and any come after.</summary>
    private static byte[] BehindOffset(byte[] value, int offset)
    {
        ReadOnlySpan<int> unknownAtStart = [0, 2, 3];
        ReadOnlySpan<int> unknownAtEnd = [0, 3, 2];
        byte[] encoded = Base64([.. new byte[offset], .. value]);
        int end = encoded.Length - unknownAtEnd[(value.Length + offset) % 3];
        int start = Math.Min(unknownAtStart[offset], end);
        return encoded[start..end];
    }

    private static string Decode(byte[] value, int line)
    {
        try
        {
            return StrictUtf8.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            throw new RuleFaultException(RuleFaultReason.Value, line, "the encoded value is not text: an encoding to UTF-16 is of use before 'base64' or 'base64offset'");
        }
    }
}
