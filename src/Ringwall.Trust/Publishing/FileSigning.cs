namespace Ringwall.Trust;

/// <summary>
/// Puts signatures on metadata. Whoever holds one key of a threshold signs the file that the one before has signed; the file may travel between them by any means.
/// </summary>
public static class FileSigning
{
    public static byte[] Sign(MetaValue.Map body, params IEnumerable<ISigner> signers) =>
        signers.Aggregate(MetaWriter.Write(MetaValue.Map.Empty.With("signed", body).With("signatures", new MetaValue.List([]))), AddSignature);

    /// <summary>The same file with one more signature, in place of an earlier one by the same key. The others are kept, right or wrong.</summary>
    /// <exception cref="UpdateRejectedException">It is no metadata file.</exception>
    public static byte[] AddSignature(byte[] file, ISigner signer)
    {
        SignedFile read = SignedFile.Read(file);
        SortedDictionary<string, string> signatures = new(read.Signatures.ToDictionary(), StringComparer.Ordinal)
        {
            [signer.Key.Id] = Convert.ToHexStringLower(signer.Sign(read.Message)),
        };
        return MetaWriter.Write(MetaReader.ReadMap(file).With("signatures", MetaValue.Of(signatures.Select(Describe))));
    }

    private static MetaValue Describe(KeyValuePair<string, string> signature) =>
        MetaValue.Map.Empty.With("keyid", MetaValue.Of(signature.Key)).With("sig", MetaValue.Of(signature.Value));
}
