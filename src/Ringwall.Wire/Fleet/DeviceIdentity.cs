using System.Security.Cryptography;

namespace Ringwall.Wire.Fleet;

/// <summary>Which device: the first 16 bytes of SHA-256 of its SubjectPublicKeyInfo, as 32 lower-case hexadecimal digits. Nobody gives it out, and no key fits two.</summary>
public static class DeviceIdentity
{
    public const int Length = 32;

    public static string Of(ReadOnlySpan<byte> publicKey)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(publicKey, digest);
        return Convert.ToHexStringLower(digest[..(Length / 2)]);
    }

    public static bool IsOne(string text) => text.Length == Length && text.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');
}
