using System.Security.Cryptography;

namespace Ringwall.Server.Enrolment;

/// <summary>Checks what a device signed. Whatever is wrong with key or signature, the answer is no.</summary>
internal static class DeviceSignature
{
    private const int SignatureBytes = 64;

    /// <summary>A SubjectPublicKeyInfo of P-256 with an uncompressed point has this many bytes, and no other form is taken: one key, one identity.</summary>
    private const int KeyBytes = 91;

    public static bool IsKey(ReadOnlySpan<byte> publicKey) => Import(publicKey) is { } key && Disposed(key);

    public static bool Verifies(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        using ECDsa? key = Import(publicKey);
        return key is not null && signature.Length == SignatureBytes
            && key.VerifyData(text, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static ECDsa? Import(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != KeyBytes)
        {
            return null;
        }

        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(publicKey, out int read);
            if (read == KeyBytes && key.ExportParameters(false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value)
            {
                return key;
            }
        }
        catch (CryptographicException)
        {
            // Not a point of the curve, or no key at all.
        }

        key.Dispose();
        return null;
    }

    private static bool Disposed(ECDsa key)
    {
        key.Dispose();
        return true;
    }
}
