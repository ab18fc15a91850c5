using System.Security.Cryptography;

namespace Ringwall.Trust;

/// <summary>
/// A public key as metadata has it (specification 4.2.2). Its identifier is the SHA-256 of its canonical form, unknown fields included.
/// A key of a kind that is not known here, or whose value is none, is kept and verifies nothing: others' new kinds must not stop what the known ones have signed.
/// </summary>
public sealed class PublicKey
{
    private readonly Verifier? _verifier;

    private PublicKey(MetaValue.Map value, string keyType, string scheme, Verifier? verifier)
    {
        Value = value;
        KeyType = keyType;
        Scheme = scheme;
        _verifier = verifier;
        Id = Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Write(value)));
    }

    /// <summary>SHA-256 of the canonical form, 64 hexadecimal digits in lower case.</summary>
    public string Id { get; }

    public string KeyType { get; }

    public string Scheme { get; }

    /// <summary>All its fields, as they were read.</summary>
    public MetaValue.Map Value { get; }

    /// <summary>Whether it can verify anything here.</summary>
    public bool IsUsable => _verifier is not null;

    /// <summary>The same for the same key in another spelling: a threshold counts keys, not their spellings. Empty for a key that is not usable.</summary>
    public string Material => _verifier?.Material ?? "";

    /// <exception cref="UpdateRejectedException">Malformed: it is no key object.</exception>
    public static PublicKey Read(MetaValue.Map value)
    {
        string keyType = value.Text("keytype", 64);
        string scheme = value.Text("scheme", 64);
        MetaValue.Map keyValue = value.Map("keyval");
        string? shown = keyValue.Fields.GetValueOrDefault("public") is MetaValue.Text text ? text.Value : null;
        Verifier? verifier = shown is null ? null : (keyType, scheme) switch
        {
            // The specification names the first form; tools wrote the second for years.
            ("ecdsa" or "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256") => EcdsaVerifier.TryRead(shown),
            ("rsa", "rsassa-pss-sha256") => RsaVerifier.TryRead(shown),
            ("ed25519", "ed25519") => Ed25519Verifier.TryRead(shown),
            _ => null,
        };
        return new PublicKey(value, keyType, scheme, verifier);
    }

    /// <summary>The public half of an ECDSA key on P-256.</summary>
    public static PublicKey Of(ECDsa key) => Read(Describe("ecdsa", "ecdsa-sha2-nistp256", key.ExportSubjectPublicKeyInfoPem() + "\n"));

    /// <summary>The public half of an RSA key of 2048 bits or more, to be used with PSS.</summary>
    public static PublicKey Of(RSA key) => Read(Describe("rsa", "rsassa-pss-sha256", key.ExportSubjectPublicKeyInfoPem() + "\n"));

    /// <summary>An Ed25519 public key, 32 bytes.</summary>
    public static PublicKey OfEd25519(ReadOnlySpan<byte> key) => Read(Describe("ed25519", "ed25519", Convert.ToHexStringLower(key)));

    public bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => _verifier?.Verifies(message, signature) ?? false;

    private static MetaValue.Map Describe(string keyType, string scheme, string shown) => MetaValue.Map.Empty
        .With("keytype", MetaValue.Of(keyType))
        .With("scheme", MetaValue.Of(scheme))
        .With("keyval", MetaValue.Map.Empty.With("public", MetaValue.Of(shown)));
}
