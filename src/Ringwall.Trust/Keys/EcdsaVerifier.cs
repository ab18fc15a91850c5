using System.Security.Cryptography;

namespace Ringwall.Trust;

/// <summary>ECDSA on P-256 with SHA-256; signatures in DER.</summary>
internal sealed class EcdsaVerifier(byte[] subjectPublicKey, string material) : Verifier
{
    private const string P256 = "1.2.840.10045.3.1.7";

    public override string Material { get; } = material;

    public static EcdsaVerifier? TryRead(string pem)
    {
        if (TryReadPem(pem) is not { } bytes)
        {
            return null;
        }

        try
        {
            using ECDsa key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(bytes, out int read);
            ECParameters parameters = key.ExportParameters(includePrivateParameters: false);
            return read == bytes.Length && parameters.Curve.IsNamed && parameters.Curve.Oid.Value == P256
                ? new EcdsaVerifier(bytes, $"p256 {Convert.ToHexString(parameters.Q.X!)} {Convert.ToHexString(parameters.Q.Y!)}")
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public override bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        try
        {
            using ECDsa key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(subjectPublicKey, out _);
            return key.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            // Some signatures that are none are an error rather than a no.
            return false;
        }
    }
}
