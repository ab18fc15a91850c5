namespace Ringwall.Trust;

/// <summary>What a targets role says of one file (specification 4.5).</summary>
/// <param name="Path">Where it lies, below the base of all targets.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Digests">At least one; it may be one that is not understood.</param>
/// <param name="Custom">What else its role says of it; the framework does not look at it.</param>
public sealed record TargetFile(string Path, long Length, DigestSet Digests, MetaValue.Map? Custom)
{
    internal const int LongestPath = 1024;

    /// <summary>A check for its content.</summary>
    /// <exception cref="UpdateRejectedException">No digest of it is understood.</exception>
    public ContentCheck NewCheck() => new(Length, Digests, Path);

    /// <summary>Where to fetch it from: with its digest before the last part of the path if the repository has consistent snapshots (specification 5.7.3).</summary>
    /// <exception cref="UpdateRejectedException">No digest of it is understood.</exception>
    public string PathToFetch(bool isConsistentSnapshot)
    {
        if (!isConsistentSnapshot)
        {
            return Path;
        }

        string digest = Digests.Preferred ?? throw new UpdateRejectedException(RejectionReason.NoKnownDigest, $"{Path} has no digest that is understood");
        int slash = Path.LastIndexOf('/') + 1;
        return $"{Path[..slash]}{digest}.{Path[slash..]}";
    }

    internal static TargetFile Read(string path, MetaValue.Map file)
    {
        if (path.Length is 0 or > LongestPath)
        {
            UpdateRejectedException.Throw(RejectionReason.Malformed, $"a path has {path.Length} characters");
        }

        return new TargetFile(path, file.Number("length", 0), DigestSet.Read(file.Map("hashes")), file.MapOrNull("custom"));
    }

    internal MetaValue.Map Describe() => MetaValue.Map.Empty
        .With("length", MetaValue.Of(Length))
        .With("hashes", Digests.Describe())
        .With("custom", Custom);
}
