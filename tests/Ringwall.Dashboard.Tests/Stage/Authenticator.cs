using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Ringwall.Dashboard.Tests.Stage;

/// <summary>An authenticator app (RFC 6238: SHA-1, 30 seconds, six digits).</summary>
internal static class Authenticator
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static long StepOf(DateTimeOffset at) => at.ToUnixTimeSeconds() / 30;

    public static string Code(string secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // RFC 6238 names HMAC-SHA-1.
        byte[] digest = HMACSHA1.HashData(Bytes(secret), counter);
#pragma warning restore CA5350
        int at = digest[^1] & 0xF;
        int number = (BinaryPrimitives.ReadInt32BigEndian(digest.AsSpan(at)) & int.MaxValue) % 1_000_000;
        return number.ToString("D6", CultureInfo.InvariantCulture);
    }

    private static byte[] Bytes(string secret)
    {
        List<byte> bytes = [];
        int bits = 0;
        int held = 0;
        foreach (int value in secret.Where(char.IsLetterOrDigit).Select(letter => Alphabet.IndexOf(letter, StringComparison.Ordinal)))
        {
            held = (held << 5) | value;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(held >> bits));
                held &= (1 << bits) - 1;
            }
        }

        return [.. bytes];
    }
}
