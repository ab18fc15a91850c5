using System.Security.Cryptography;

namespace Ringwall.Trust;

/// <summary>Signs with an ECDSA key on P-256 that the caller holds and disposes of.</summary>
public sealed class EcdsaSigner(ECDsa key) : ISigner
{
    public PublicKey Key { get; } = PublicKey.Of(key);

    public byte[] Sign(ReadOnlySpan<byte> message) => key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
}
