namespace Ringwall.Trust;

/// <summary>
/// A metadata file as it came (specification 4.2.1): what is signed, and signatures that nobody has looked at yet. Only <see cref="RoleKeys.Require"/> tells whether to believe it.
/// </summary>
public sealed class SignedFile
{
    private const int MostSignatures = 256;

    private SignedFile(byte[] bytes, MetaValue.Map body, IReadOnlyDictionary<string, string> signatures)
    {
        Bytes = bytes;
        Body = body;
        Signatures = signatures;
        Message = CanonicalJson.Write(body);
    }

    /// <summary>The file, byte for byte: what is kept and hashed.</summary>
    public byte[] Bytes { get; }

    /// <summary>The part that is signed.</summary>
    public MetaValue.Map Body { get; }

    /// <summary>What the signatures are over: the canonical form of <see cref="Body"/>.</summary>
    public byte[] Message { get; }

    /// <summary>By key identifier; the value is what the file says, hexadecimal or not.</summary>
    public IReadOnlyDictionary<string, string> Signatures { get; }

    /// <summary>What it says of itself, of whatever type it is.</summary>
    /// <exception cref="UpdateRejectedException">Malformed.</exception>
    public MetadataHead Head => MetadataHead.Read(Body, Body.Text("_type"));

    /// <exception cref="UpdateRejectedException">It is no such file.</exception>
    public static SignedFile Read(byte[] bytes, MetaLimits? limits = null)
    {
        MetaValue.Map file = MetaReader.ReadMap(bytes, limits);
        Dictionary<string, string> signatures = new(StringComparer.Ordinal);
        foreach (MetaValue item in file.List("signatures", MostSignatures))
        {
            MetaValue.Map signature = item.AsMap("signatures");
            string keyId = signature.Text("keyid", 128);

            // Whoever could not sign yet has an empty signature in some files. It is not malformed: it does not verify.
            string value = signature.Fields.GetValueOrDefault("sig") is MetaValue.Text text ? text.Value : throw new UpdateRejectedException(RejectionReason.Malformed, "'sig' is missing");
            if (!signatures.TryAdd(keyId, value))
            {
                UpdateRejectedException.Throw(RejectionReason.DuplicateSignature, $"two signatures of {keyId}");
            }
        }

        return new SignedFile(bytes, file.Map("signed"), signatures);
    }
}
