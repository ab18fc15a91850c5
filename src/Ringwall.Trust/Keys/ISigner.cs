namespace Ringwall.Trust;

/// <summary>
/// Whatever can sign: a key in memory, in a file that was opened with a passphrase, or in a token that never gives it away (PKCS#11). Trust never sees where a private key is kept.
/// </summary>
public interface ISigner
{
    public PublicKey Key { get; }

    /// <summary>A signature that <see cref="Key"/> verifies.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message);
}
