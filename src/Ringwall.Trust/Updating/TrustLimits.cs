namespace Ringwall.Trust;

/// <summary>How much is fetched and searched at most. Whoever controls the network controls how much it sends.</summary>
/// <param name="RootBytes">Of one root.</param>
/// <param name="TimestampBytes">Of the timestamp.</param>
/// <param name="SnapshotBytes">Of the snapshot, whatever length the timestamp states.</param>
/// <param name="TargetsBytes">Of each targets file, whatever length the snapshot states.</param>
/// <param name="RootsPerRefresh">After so many new roots the refresh goes on with the latest.</param>
/// <param name="RolesPerSearch">Roles that a search for one path looks into.</param>
/// <param name="Json">How much of one file is read.</param>
public sealed record TrustLimits(
    int RootBytes, int TimestampBytes, int SnapshotBytes, int TargetsBytes, int RootsPerRefresh, int RolesPerSearch, MetaLimits Json)
{
    public static TrustLimits Default { get; } = new(
        RootBytes: 512_000, TimestampBytes: 16_384, SnapshotBytes: 2_000_000, TargetsBytes: 5_000_000, RootsPerRefresh: 1_024, RolesPerSearch: 32, MetaLimits.Default);
}
