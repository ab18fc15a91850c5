using System.Numerics;
using System.Security.Cryptography;

namespace Ringwall.Trust;

/// <summary>
/// Ed25519 verification (RFC 8032, section 5.1.7), because the framework has none; docs/decisions/ed25519.md says why it is written here. Strict: the encodings of the key and of both halves
/// of the signature must be the only ones there are, and a key of small order, with which a signature fits many messages, is no key.
/// </summary>
internal sealed class Ed25519Verifier : Verifier
{
    private readonly byte[] _encoded;
    private readonly EdwardsPoint _minusKey;

    private Ed25519Verifier(byte[] encoded, EdwardsPoint key)
    {
        _encoded = encoded;
        _minusKey = key.Negate();
        Material = $"ed25519 {Convert.ToHexString(encoded)}";
    }

    public override string Material { get; }

    public static Ed25519Verifier? TryRead(string hex)
    {
        if (hex.Length != 64 || !Hex.TryRead(hex, out byte[] bytes))
        {
            return null;
        }

        return EdwardsPoint.TryDecode(bytes) is { } point && !point.HasSmallOrder ? new Ed25519Verifier(bytes, point) : null;
    }

    public override bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != 64)
        {
            return false;
        }

        // Without this, S + order would be a second signature of the same message.
        BigInteger s = new(signature[32..], isUnsigned: true);
        if (s >= EdwardsPoint.Order)
        {
            return false;
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(signature[..32]);
        hash.AppendData(_encoded);
        hash.AppendData(message);
        BigInteger k = new BigInteger(hash.GetHashAndReset(), isUnsigned: true) % EdwardsPoint.Order;

        // R = sB − kA, compared as bytes: an R that is encoded otherwise than points are is refused by that alone.
        EdwardsPoint r = EdwardsPoint.SumOfMultiples(s, EdwardsPoint.Base, k, _minusKey);
        return r.Encode().AsSpan().SequenceEqual(signature[..32]);
    }
}
