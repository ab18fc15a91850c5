using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ringwall.Server.Access;

/// <summary>Codes of RFC 6238 (HMAC-SHA-1, 30 s, 6 digits): what every authenticator app makes.</summary>
internal static class OneTimeCode
{
    private const int StepSeconds = 30;

    // RFC 4648, table 3.
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(20);

    public static long StepAt(DateTimeOffset time) => time.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>RFC 4226, section 5.3.</summary>
    public static string At(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[20];
#pragma warning disable CA5350 // RFC 6238 names HMAC-SHA-1, and it is what apps do. As a MAC it is not broken.
        HMACSHA1.HashData(secret, counter, mac);
#pragma warning restore CA5350
        int offset = mac[19] & 0xf;
        uint number = BinaryPrimitives.ReadUInt32BigEndian(mac[offset..]) & 0x7fff_ffff;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>The step that a code belongs to, one before and one after now included (section 5.2), if it is later than the last one used; 0 if there is none.</summary>
    public static long Accept(ReadOnlySpan<byte> secret, string code, DateTimeOffset now, long lastUsed)
    {
        long accepted = 0;
        byte[] given = Encoding.UTF8.GetBytes(code);
        for (long step = StepAt(now) - 1; step <= StepAt(now) + 1; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(At(secret, step))) && step > lastUsed && accepted == 0)
            {
                accepted = step;
            }
        }

        return accepted;
    }

    /// <summary>What an authenticator app reads from a QR code or is typed into it.</summary>
    public static string Spell(ReadOnlySpan<byte> secret)
    {
        StringBuilder text = new();
        int bits = 0;
        int buffer = 0;
        foreach (byte one in secret)
        {
            buffer = (buffer << 8) | one;
            for (bits += 8; bits >= 5; bits -= 5)
            {
                text.Append(Base32[(buffer >> (bits - 5)) & 31]);
            }

            buffer &= (1 << bits) - 1;
        }

        return bits == 0 ? text.ToString() : text.Append(Base32[(buffer << (5 - bits)) & 31]).ToString();
    }
}
