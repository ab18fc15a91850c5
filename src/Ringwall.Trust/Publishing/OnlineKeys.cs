namespace Ringwall.Trust;

/// <summary>The keys that a publisher needs at hand for every publication, and for how long their word counts.</summary>
/// <param name="Snapshot">Enough for the snapshot's threshold.</param>
/// <param name="Timestamp">Enough for the timestamp's threshold.</param>
/// <param name="SnapshotLife">How long a snapshot is believed.</param>
/// <param name="TimestampLife">How long a timestamp is believed: this long at most can a device be kept at an old publication without noticing.</param>
public sealed record OnlineKeys(IReadOnlyList<ISigner> Snapshot, IReadOnlyList<ISigner> Timestamp, TimeSpan SnapshotLife, TimeSpan TimestampLife);
