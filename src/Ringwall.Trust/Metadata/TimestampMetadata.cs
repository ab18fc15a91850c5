namespace Ringwall.Trust;

/// <summary>Which snapshot is the latest (specification 4.6). Short-lived, so that nobody can be kept at an old one for long.</summary>
public sealed class TimestampMetadata
{
    /// <summary>Reads what is signed without asking by whom: callers have verified it, or believe themselves.</summary>
    internal TimestampMetadata(SignedFile file)
    {
        File = file;
        Head = MetadataHead.Read(file.Body, RoleName.Timestamp);
        MetaValue.Map meta = file.Body.Map("meta");
        if (meta.Fields.Count != 1)
        {
            UpdateRejectedException.Throw(RejectionReason.Malformed, "timestamp must describe the snapshot and nothing else");
        }

        Snapshot = ListedFile.Read(meta.Map(RoleName.Listed(RoleName.Snapshot)));
    }

    public SignedFile File { get; }

    public MetadataHead Head { get; }

    public long Version => Head.Version;

    public ListedFile Snapshot { get; }

    /// <summary>Expiry is the caller's to check: an expired one still guards against a rollback.</summary>
    internal static TimestampMetadata Read(byte[] bytes, RootMetadata root, MetaLimits limits)
    {
        SignedFile file = SignedFile.Read(bytes, limits);
        root.Require(RoleName.Timestamp, file);
        return new TimestampMetadata(file);
    }

    /// <summary>Specification 5.4.3. Equal versions are no rollback: the caller keeps what it has.</summary>
    internal void RequireNoRollback(TimestampMetadata trusted)
    {
        if (Version < trusted.Version)
        {
            UpdateRejectedException.Throw(RejectionReason.RolledBack, $"have timestamp {trusted.Version}, offered {Version}");
        }

        if (Version > trusted.Version && Snapshot.Version < trusted.Snapshot.Version)
        {
            UpdateRejectedException.Throw(RejectionReason.RolledBack, $"timestamp goes back from snapshot {trusted.Snapshot.Version} to {Snapshot.Version}");
        }
    }
}
