using System.Security.Cryptography;

namespace Ringwall.Trust;

/// <summary>Signs with an RSA key that the caller holds and disposes of.</summary>
public sealed class RsaSigner(RSA key) : ISigner
{
    public PublicKey Key { get; } = PublicKey.Of(key);

    public byte[] Sign(ReadOnlySpan<byte> message) => key.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
}
