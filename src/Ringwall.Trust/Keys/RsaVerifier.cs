using System.Security.Cryptography;

namespace Ringwall.Trust;

/// <summary>RSA with PSS, SHA-256, a salt of 32 bytes (RFC 8017, section 8.1).</summary>
internal sealed class RsaVerifier(byte[] subjectPublicKey, string material) : Verifier
{
    // Below, keys are too weak (specification 4.2.2); above, one signature takes longer than it may.
    private const int ShortestKey = 2048;
    private const int LongestKey = 8192;

    public override string Material { get; } = material;

    public static RsaVerifier? TryRead(string pem)
    {
        if (TryReadPem(pem) is not { } bytes)
        {
            return null;
        }

        try
        {
            using RSA key = RSA.Create();
            key.ImportSubjectPublicKeyInfo(bytes, out int read);
            RSAParameters parameters = key.ExportParameters(includePrivateParameters: false);
            return read == bytes.Length && key.KeySize is >= ShortestKey and <= LongestKey && IsExponent(parameters.Exponent!)
                ? new RsaVerifier(bytes, $"rsa {Convert.ToHexString(parameters.Modulus!)} {Convert.ToHexString(parameters.Exponent!)}")
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    // An even exponent is none, with 1 every message is its own signature, and above 64 bits one verification takes longer than it may.
    private static bool IsExponent(ReadOnlySpan<byte> exponent)
    {
        exponent = exponent.TrimStart((byte)0);
        return exponent.Length is > 0 and <= 8 && (exponent[^1] & 1) == 1 && exponent is not [1];
    }

    public override bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        try
        {
            using RSA key = RSA.Create();
            key.ImportSubjectPublicKeyInfo(subjectPublicKey, out _);
            return key.VerifyData(message, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
