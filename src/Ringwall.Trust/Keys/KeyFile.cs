using System.Security.Cryptography;

namespace Ringwall.Trust;

/// <summary>
/// The text of a key file: the public half in the open, so that a list of keys asks for no passphrase, then the private half, encrypted: PKCS#8 (RFC 5958) by PBES2 (RFC 8018) with
/// AES-256 and PBKDF2 over HMAC-SHA-256. OpenSSL reads it. Where it lies is the caller's.
/// </summary>
public static class KeyFile
{
    /// <summary>So many make a guess cost about a tenth of a second; OWASP asks for 600,000 with SHA-256.</summary>
    public const int Iterations = 600_000;

    /// <summary>A passphrase that whoever has the file cannot go through.</summary>
    public const int ShortestPassphrase = 12;

    private const string PublicLabel = "PUBLIC KEY";
    private const string SealedLabel = "ENCRYPTED PRIVATE KEY";

    /// <param name="key">ECDSA on P-256, or RSA.</param>
    /// <param name="passphrase">At least <see cref="ShortestPassphrase"/> characters.</param>
    /// <exception cref="KeyFileException">The passphrase is too short, or the key is of another kind.</exception>
    public static string Seal(AsymmetricAlgorithm key, ReadOnlySpan<char> passphrase)
    {
        if (passphrase.Length < ShortestPassphrase)
        {
            throw new KeyFileException(KeyFileFault.ShortPassphrase, $"a passphrase has {ShortestPassphrase} characters or more");
        }

        PublicKey shown = Shown(key);
        PbeParameters how = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Iterations);
        return $"{Pem(shown)}{key.ExportEncryptedPkcs8PrivateKeyPem(passphrase, how)}\n";
    }

    /// <summary>The public half; of a file that holds a public key alone, too. It asks for no passphrase, and so proves nothing about the other half.</summary>
    /// <exception cref="KeyFileException">There is none.</exception>
    public static PublicKey ReadPublic(string text)
    {
        string pem = Only(text, PublicLabel) ?? throw new KeyFileException(KeyFileFault.NoKeyFile, "it holds no public key");
        foreach (AsymmetricAlgorithm key in (AsymmetricAlgorithm[])[ECDsa.Create(), RSA.Create()])
        {
            using (key)
            {
                try
                {
                    key.ImportFromPem(pem);
                    return Shown(key);
                }
                catch (CryptographicException)
                {
                    // Of the other kind, or of none.
                }
            }
        }

        throw new KeyFileException(KeyFileFault.UnknownKind, "its key is neither ECDSA on P-256 nor RSA of 2048 to 8192 bits");
    }

    /// <summary>Whether there is a private half to open.</summary>
    public static bool HasPrivate(string text) => Only(text, SealedLabel) is not null;

    /// <summary>The public key as PEM, as others are given it.</summary>
    public static string Pem(PublicKey key) => ((MetaValue.Text)key.Value.Map("keyval").Fields["public"]).Value.ReplaceLineEndings("\n");

    /// <summary>Opens it to sign with. The signer holds the key until it is disposed of.</summary>
    /// <exception cref="KeyFileException">It cannot be opened.</exception>
    public static OpenedKey Open(string text, ReadOnlySpan<char> passphrase)
    {
        PublicKey shown = ReadPublic(text);
        string pem = Only(text, SealedLabel) ?? throw new KeyFileException(KeyFileFault.NoKeyFile, "it holds no private key, only the public half");
        AsymmetricAlgorithm key = shown.KeyType == "rsa" ? RSA.Create() : ECDsa.Create();
        try
        {
            key.ImportFromEncryptedPem(pem, passphrase);
        }
        catch (CryptographicException)
        {
            key.Dispose();
            throw new KeyFileException(KeyFileFault.WrongPassphrase, "the passphrase does not open it, or it is damaged");
        }

        OpenedKey opened = new(key);
        if (opened.Key.Id == shown.Id)
        {
            return opened;
        }

        opened.Dispose();
        throw new KeyFileException(KeyFileFault.OtherKey, "its public half belongs to another key than its private half");
    }

    private static PublicKey Shown(AsymmetricAlgorithm key)
    {
        PublicKey shown = key switch
        {
            ECDsa ecdsa => PublicKey.Of(ecdsa),
            RSA rsa => PublicKey.Of(rsa),
            _ => throw new KeyFileException(KeyFileFault.UnknownKind, $"no signatures are made with {key.SignatureAlgorithm}"),
        };
        return shown.IsUsable ? shown : throw new KeyFileException(KeyFileFault.UnknownKind, "its key is neither ECDSA on P-256 nor RSA of 2048 to 8192 bits");
    }

    // Null when there is none; two of one kind are none, because readers differ over which of them counts.
    private static string? Only(string text, string label)
    {
        string? found = null;
        ReadOnlySpan<char> rest = text;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            if (rest[fields.Label].SequenceEqual(label))
            {
                if (found is not null)
                {
                    return null;
                }

                found = rest[fields.Location].ToString();
            }

            rest = rest[fields.Location.End..];
        }

        return found;
    }
}
