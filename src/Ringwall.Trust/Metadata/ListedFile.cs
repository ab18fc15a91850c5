namespace Ringwall.Trust;

/// <summary>What timestamp and snapshot say of another metadata file (specification 4.4).</summary>
/// <param name="Version">The one that it must have.</param>
/// <param name="Length">In bytes, if said.</param>
/// <param name="Digests">Of its bytes, if said.</param>
public sealed record ListedFile(long Version, long? Length, DigestSet? Digests)
{
    internal static ListedFile Read(MetaValue.Map file) => new(
        file.Number("version", 1), file.NumberOrNull("length", 0), file.MapOrNull("hashes") is { } hashes ? DigestSet.Read(hashes) : null);

    internal MetaValue.Map Describe() => MetaValue.Map.Empty
        .With("version", MetaValue.Of(Version))
        .With("length", Length is { } length ? MetaValue.Of(length) : null)
        .With("hashes", Digests?.Describe());

    /// <summary>Before its signatures: a mix of files from different publications ends here (specification 5.5.2, 5.6.2), cheaply.</summary>
    internal void RequireContent(ReadOnlySpan<byte> content, string role)
    {
        using ContentCheck check = new(Length, Digests, role);
        check.Append(content);
        check.Finish();
    }

    /// <summary>After its signatures (specification 5.5.4, 5.6.4).</summary>
    internal void RequireVersion(long version, string role)
    {
        if (version != Version)
        {
            UpdateRejectedException.Throw(RejectionReason.VersionMismatch, $"{role} {Version} is listed, {version} was offered");
        }
    }
}
