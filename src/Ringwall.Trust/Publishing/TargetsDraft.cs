namespace Ringwall.Trust;

/// <summary>The next version of what a role vouches for.</summary>
public sealed class TargetsDraft : Draft
{
    private readonly Dictionary<string, TargetFile> _targets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PublicKey> _keys = new(StringComparer.Ordinal);
    private readonly List<Delegation> _delegations = [];

    /// <param name="before">The version before; null for the first.</param>
    public TargetsDraft(TargetsMetadata? before = null)
        : base(RoleName.Targets, before?.File, (before?.Version ?? 0) + 1)
    {
        if (before is not null)
        {
            _targets = before.Targets.ToDictionary(StringComparer.Ordinal);
            _keys = before.DelegatedKeys.ToDictionary(StringComparer.Ordinal);
            _delegations = [.. before.Delegations];
        }
    }

    public TargetsDraft Set(TargetFile file)
    {
        _targets[file.Path] = file;
        return this;
    }

    /// <summary>Vouches for nothing that it vouched for before; delegations stay.</summary>
    public TargetsDraft Clear()
    {
        _targets.Clear();
        return this;
    }

    public TargetsDraft Remove(string path)
    {
        _targets.Remove(path);
        return this;
    }

    /// <summary>Trusts a role, after those that are trusted already, or in the place that it has.</summary>
    /// <param name="role">Its name.</param>
    /// <param name="keys">Who signs for it, from now on.</param>
    /// <param name="threshold">How many of them.</param>
    /// <param name="patterns">The paths: '*' and '?' are wildcards within one folder.</param>
    /// <param name="isTerminating">Whether those after it are not asked about these paths.</param>
    public TargetsDraft Delegate(string role, IReadOnlyList<PublicKey> keys, int threshold, IEnumerable<string> patterns, bool isTerminating = true)
    {
        RoleKeys roleKeys = new([.. keys.Select(key => key.Id)], threshold);
        return Delegate(new Delegation(role, roleKeys, isTerminating, [.. patterns.Select(pattern => new PathPattern(pattern))], null), keys);
    }

    public TargetsDraft Delegate(Delegation delegation, IEnumerable<PublicKey> keys)
    {
        int at = _delegations.FindIndex(other => other.Role == delegation.Role);
        if (at < 0)
        {
            _delegations.Add(delegation);
        }
        else
        {
            _delegations[at] = delegation;
        }

        foreach (PublicKey key in keys)
        {
            _keys[key.Id] = key;
        }

        return this;
    }

    public TargetsDraft Undelegate(string role)
    {
        _delegations.RemoveAll(delegation => delegation.Role == role);
        return this;
    }

    private protected override MetaValue.Map Fill(MetaValue.Map body)
    {
        HashSet<string> used = [.. _delegations.SelectMany(delegation => delegation.Keys.KeyIds)];
        MetaValue.Map delegations = MetaValue.Map.Empty
            .With("keys", new MetaValue.Map(_keys.Where(key => used.Contains(key.Key)).ToDictionary(key => key.Key, key => (MetaValue)key.Value.Value)))
            .With("roles", MetaValue.Of(_delegations.Select(delegation => delegation.Describe())));
        return body
            .With("targets", new MetaValue.Map(_targets.ToDictionary(file => file.Key, file => (MetaValue)file.Value.Describe())))
            .With("delegations", _delegations.Count == 0 ? null : delegations);
    }
}
