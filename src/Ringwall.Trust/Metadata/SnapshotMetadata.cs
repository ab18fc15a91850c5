namespace Ringwall.Trust;

/// <summary>Which version of each targets role belongs together (specification 4.4).</summary>
public sealed class SnapshotMetadata
{
    /// <summary>Reads what is signed without asking by whom: callers have verified it, or believe themselves.</summary>
    internal SnapshotMetadata(SignedFile file)
    {
        File = file;
        Head = MetadataHead.Read(file.Body, RoleName.Snapshot);
        Dictionary<string, ListedFile> roles = new(StringComparer.Ordinal);
        foreach ((string name, MetaValue value) in file.Body.Map("meta").Fields)
        {
            roles.Add(name, ListedFile.Read(value.AsMap("meta")));
        }

        if (!roles.ContainsKey(RoleName.Listed(RoleName.Targets)))
        {
            UpdateRejectedException.Throw(RejectionReason.Malformed, "snapshot lists no targets.json");
        }

        Files = roles;
    }

    public SignedFile File { get; }

    public MetadataHead Head { get; }

    public long Version => Head.Version;

    /// <summary>By the name of the file, with its ending and without a version.</summary>
    public IReadOnlyDictionary<string, ListedFile> Files { get; }

    /// <summary>Expiry and version are the caller's to check: an old one still guards against a rollback.</summary>
    internal static SnapshotMetadata Read(byte[] bytes, RootMetadata root, MetaLimits limits)
    {
        SignedFile file = SignedFile.Read(bytes, limits);
        root.Require(RoleName.Snapshot, file);
        return new SnapshotMetadata(file);
    }

    /// <summary>Specification 5.5.5: no role goes back, none disappears.</summary>
    internal void RequireNoRollback(SnapshotMetadata trusted)
    {
        foreach ((string name, ListedFile before) in trusted.Files)
        {
            if (!Files.TryGetValue(name, out ListedFile? now))
            {
                throw new UpdateRejectedException(RejectionReason.RoleRemoved, $"snapshot {Version} lists {name} no more");
            }

            if (now.Version < before.Version)
            {
                UpdateRejectedException.Throw(RejectionReason.RolledBack, $"snapshot {Version} goes back with {name} from {before.Version} to {now.Version}");
            }
        }
    }
}
