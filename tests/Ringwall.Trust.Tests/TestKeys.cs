using System.Numerics;
using System.Security.Cryptography;

namespace Ringwall.Trust.Tests;

/// <summary>Keys for tests.</summary>
internal static class TestKeys
{
    public static ISigner New() => new EcdsaSigner(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public static ISigner NewRsa(int bits = 2048) => new RsaSigner(RSA.Create(bits));

    public static ISigner NewEd25519(byte seed) => new Ed25519TestSigner([.. Enumerable.Repeat(seed, 32)]);

    /// <summary>RFC 8032, section 5.1.6, in as many microseconds as the secret needs: for tests only.</summary>
    private sealed class Ed25519TestSigner : ISigner
    {
        private readonly BigInteger _scalar;
        private readonly byte[] _prefix;
        private readonly byte[] _public;

        public Ed25519TestSigner(byte[] seed)
        {
            byte[] hash = SHA512.HashData(seed);
            _prefix = hash[32..];
            hash[0] &= 248;
            hash[31] &= 127;
            hash[31] |= 64;
            _scalar = new BigInteger(hash.AsSpan(0, 32), isUnsigned: true);
            _public = Multiple(_scalar);
            Key = PublicKey.OfEd25519(_public);
        }

        public PublicKey Key { get; }

        public byte[] Sign(ReadOnlySpan<byte> message)
        {
            BigInteger r = Hash(_prefix, message) % EdwardsPoint.Order;
            byte[] encoded = Multiple(r);
            BigInteger k = Hash([.. encoded, .. _public], message) % EdwardsPoint.Order;
            byte[] signature = new byte[64];
            encoded.CopyTo(signature, 0);
            ((r + (k * _scalar)) % EdwardsPoint.Order).TryWriteBytes(signature.AsSpan(32), out _, isUnsigned: true);
            return signature;
        }

        private static byte[] Multiple(BigInteger scalar) => EdwardsPoint.SumOfMultiples(scalar, EdwardsPoint.Base, BigInteger.Zero, EdwardsPoint.Base).Encode();

        private static BigInteger Hash(byte[] first, ReadOnlySpan<byte> then) => new(SHA512.HashData([.. first, .. then]), isUnsigned: true);
    }
}
