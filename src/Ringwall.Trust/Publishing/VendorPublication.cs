namespace Ringwall.Trust;

/// <summary>
/// What a vendor's next targets file must keep to beyond what devices check: every path is one of its own releases, what was published stays what it was, and numbers only grow. Signatures and
/// versions are <see cref="Publisher"/>'s to check.
/// </summary>
public static class VendorPublication
{
    /// <param name="vendor">Whose file it is.</param>
    /// <param name="before">The file before; null for the first.</param>
    /// <param name="after">The file that is to be published.</param>
    /// <param name="highest">The highest number ever published of a sensor's stream; 0 for none.</param>
    /// <returns>The releases that it adds, lowest number first.</returns>
    /// <exception cref="UpdateRejectedException">It does not keep to it.</exception>
    public static IReadOnlyList<NewRelease> Check(string vendor, TargetsMetadata? before, TargetsMetadata after, Func<ReleasePath, long> highest)
    {
        if (after.Delegations.Count > 0)
        {
            UpdateRejectedException.Throw(RejectionReason.DelegationRefused, $"{vendor} delegates, and what it delegates to is published nowhere");
        }

        List<NewRelease> added = [];
        foreach (TargetFile file in after.Targets.Values)
        {
            ReleasePath path = ReleasePath.Read(file.Path);
            if (path.Vendor != vendor)
            {
                UpdateRejectedException.Throw(RejectionReason.NoSuchTarget, $"{file.Path} is no release of {vendor}");
            }

            if (!file.Digests.ByAlgorithm.ContainsKey("sha256"))
            {
                UpdateRejectedException.Throw(RejectionReason.NoKnownDigest, $"{file.Path} has no SHA-256");
            }

            VendorStatement statement = VendorStatement.Read(file.Custom ?? throw new UpdateRejectedException(RejectionReason.Malformed, $"{vendor} says nothing of {file.Path}"));
            if (before?.Targets.GetValueOrDefault(file.Path) is not { } published)
            {
                RequireWayBack(after, path, file, statement);
                added.Add(new NewRelease(path, file, statement));
            }
            else if (published.Length != file.Length || !published.Digests.SameAs(file.Digests) || VendorStatement.Read(published.Custom!) != statement)
            {
                UpdateRejectedException.Throw(RejectionReason.ReleaseReused, $"{file.Path} is published already, and was something else");
            }
        }

        foreach (NewRelease release in added.Where(release => release.Path.Number <= highest(release.Path)))
        {
            UpdateRejectedException.Throw(RejectionReason.ReleaseReused, $"{release.Path.Text}: {highest(release.Path)} is published already; the next must have a higher number");
        }

        return [.. added.OrderBy(release => release.Path.Number)];
    }

    // A way back reaches devices at once and without rings, because what it brings went through them already: so it has the bytes, and says the same, as a release from before the one that it leads away from.
    private static void RequireWayBack(TargetsMetadata after, ReleasePath path, TargetFile file, VendorStatement statement)
    {
        if (statement.WayBackFrom is not { } from)
        {
            return;
        }

        ReleasePath left = ReleasePath.Read(from);
        if (left with { Number = path.Number } != path || left.Number >= path.Number || !after.Targets.ContainsKey(from))
        {
            UpdateRejectedException.Throw(RejectionReason.Malformed, $"{path.Text} cannot lead away from {from}: that is no lower release of the same stream");
        }

        if (!after.Targets.Values.Any(other => ReleasePath.Read(other.Path) is var earlier && earlier with { Number = path.Number } == path && earlier.Number < left.Number
            && other.Length == file.Length && other.Digests.SameAs(file.Digests) && other.Custom is not null && VendorStatement.Read(other.Custom) == statement with { WayBackFrom = null }))
        {
            UpdateRejectedException.Throw(RejectionReason.Malformed, $"{path.Text} leads away from {from} to content of its own: a way back has the bytes, the version and the schema of a release before {from}");
        }
    }
}
