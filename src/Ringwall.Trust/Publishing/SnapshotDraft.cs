namespace Ringwall.Trust;

/// <summary>The next version of which targets files belong together.</summary>
public sealed class SnapshotDraft(SnapshotMetadata? before = null) : Draft(RoleName.Snapshot, before?.File, (before?.Version ?? 0) + 1)
{
    private readonly Dictionary<string, ListedFile> _files = before?.Files.ToDictionary(StringComparer.Ordinal) ?? new Dictionary<string, ListedFile>(StringComparer.Ordinal);

    public SnapshotDraft Set(string role, ListedFile file)
    {
        _files[RoleName.Listed(role)] = file;
        return this;
    }

    /// <summary>Clients accept this only together with a change of the snapshot's keys.</summary>
    public SnapshotDraft Remove(string role)
    {
        _files.Remove(RoleName.Listed(role));
        return this;
    }

    private protected override MetaValue.Map Fill(MetaValue.Map body) =>
        body.With("meta", new MetaValue.Map(_files.ToDictionary(file => file.Key, file => (MetaValue)file.Value.Describe())));
}
