using System.Security.Cryptography;

namespace Ringwall.Trust;

/// <summary>A private key out of a file, ready to sign. Owns the key.</summary>
public sealed class OpenedKey : ISigner, IDisposable
{
    private readonly AsymmetricAlgorithm _key;
    private readonly ISigner _signer;

    internal OpenedKey(AsymmetricAlgorithm key)
    {
        _key = key;
        _signer = key is RSA rsa ? new RsaSigner(rsa) : new EcdsaSigner((ECDsa)key);
    }

    public PublicKey Key => _signer.Key;

    public byte[] Sign(ReadOnlySpan<byte> message) => _signer.Sign(message);

    /// <summary>The same key in a file with another passphrase.</summary>
    /// <exception cref="KeyFileException">The passphrase is too short.</exception>
    public string Seal(ReadOnlySpan<char> passphrase) => KeyFile.Seal(_key, passphrase);

    public void Dispose() => _key.Dispose();
}
