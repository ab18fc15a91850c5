namespace Ringwall.Trust;

/// <summary>The next version of which snapshot is the latest.</summary>
public sealed class TimestampDraft(TimestampMetadata? before = null) : Draft(RoleName.Timestamp, before?.File, (before?.Version ?? 0) + 1)
{
    public required ListedFile Snapshot { get; set; }

    private protected override MetaValue.Map Fill(MetaValue.Map body) =>
        body.With("meta", MetaValue.Map.Empty.With(RoleName.Listed(RoleName.Snapshot), Snapshot.Describe()));
}
