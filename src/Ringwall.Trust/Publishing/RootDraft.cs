namespace Ringwall.Trust;

/// <summary>The next root: keys come and go here. It must be signed by a threshold of the old root's keys and by one of its own.</summary>
public sealed class RootDraft : Draft
{
    private readonly Dictionary<string, PublicKey> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (List<string> KeyIds, int Threshold)> _roles = new(StringComparer.Ordinal);

    /// <summary>A first root, without keys, with thresholds of one.</summary>
    public RootDraft()
        : base(RoleName.Root, null, 1)
    {
        foreach (string role in new[] { RoleName.Root, RoleName.Timestamp, RoleName.Snapshot, RoleName.Targets })
        {
            _roles[role] = ([], 1);
        }
    }

    /// <summary>One that follows.</summary>
    public RootDraft(RootMetadata before)
        : base(RoleName.Root, before.File, before.Version + 1)
    {
        IsConsistentSnapshot = before.IsConsistentSnapshot;
        _keys = before.Keys.ToDictionary(StringComparer.Ordinal);
        foreach ((string role, RoleKeys keys) in before.Roles)
        {
            _roles[role] = ([.. keys.KeyIds], keys.Threshold);
        }
    }

    public bool IsConsistentSnapshot { get; set; } = true;

    public bool Has(string role, string keyId) => _roles[role].KeyIds.Contains(keyId);

    public RootDraft AddKey(string role, PublicKey key)
    {
        if (!_roles[role].KeyIds.Contains(key.Id))
        {
            _roles[role].KeyIds.Add(key.Id);
        }

        _keys[key.Id] = key;
        return this;
    }

    public RootDraft RemoveKey(string role, string keyId)
    {
        _roles[role].KeyIds.Remove(keyId);
        return this;
    }

    public RootDraft SetThreshold(string role, int threshold)
    {
        _roles[role] = (_roles[role].KeyIds, threshold);
        return this;
    }

    private protected override MetaValue.Map Fill(MetaValue.Map body)
    {
        HashSet<string> used = [.. _roles.Values.SelectMany(role => role.KeyIds)];
        return body
            .With("consistent_snapshot", MetaValue.Of(IsConsistentSnapshot))
            .With("keys", new MetaValue.Map(_keys.Where(key => used.Contains(key.Key)).ToDictionary(key => key.Key, key => (MetaValue)key.Value.Value)))
            .With("roles", new MetaValue.Map(_roles.ToDictionary(role => role.Key, role => (MetaValue)MetaValue.Map.Empty
                .With("keyids", MetaValue.Of(role.Value.KeyIds))
                .With("threshold", MetaValue.Of(role.Value.Threshold)))));
    }
}
