using System.Security.Cryptography;

namespace Ringwall.Trust;

/// <summary>What one kind of key can do with a message and a signature. Both are public, so nothing here needs constant time.</summary>
internal abstract class Verifier
{
    private const int LongestPem = 4096;

    /// <summary>The key itself, whatever way it was spelt.</summary>
    public abstract string Material { get; }

    public abstract bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

    /// <summary>The bytes of the one "PUBLIC KEY" that the text holds. A private key, a certificate or two keys are none.</summary>
    protected static byte[]? TryReadPem(string pem)
    {
        if (pem.Length > LongestPem || !PemEncoding.TryFind(pem, out PemFields fields) || !pem.AsSpan()[fields.Label].SequenceEqual("PUBLIC KEY")
            || !pem.AsSpan()[..fields.Location.Start.Value].IsWhiteSpace() || !pem.AsSpan()[fields.Location.End.Value..].IsWhiteSpace())
        {
            return null;
        }

        byte[] bytes = new byte[fields.DecodedDataLength];
        return Convert.TryFromBase64Chars(pem.AsSpan()[fields.Base64Data], bytes, out int written) && written == bytes.Length ? bytes : null;
    }
}
