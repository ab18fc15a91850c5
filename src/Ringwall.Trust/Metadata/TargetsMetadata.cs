namespace Ringwall.Trust;

/// <summary>Files that a role vouches for, and roles that it trusts to do so (specification 4.5).</summary>
public sealed class TargetsMetadata
{
    private const int MostDelegations = 16_384;

    /// <summary>Reads what is signed without asking by whom: callers have verified it, or believe themselves.</summary>
    internal TargetsMetadata(SignedFile file)
    {
        File = file;
        Head = MetadataHead.Read(file.Body, RoleName.Targets);
        Targets = file.Body.Map("targets").Fields.ToDictionary(pair => pair.Key, pair => TargetFile.Read(pair.Key, pair.Value.AsMap("targets")), StringComparer.Ordinal);
        DelegatedKeys = new Dictionary<string, PublicKey>();
        Delegations = [];
        if (file.Body.MapOrNull("delegations") is { } delegations)
        {
            DelegatedKeys = KeyTable.Read(delegations.Map("keys"));
            Delegations = [.. delegations.List("roles", MostDelegations).Select(role => Delegation.Read(role.AsMap("roles")))];
            if (Delegations.Select(delegation => delegation.Role).Distinct(StringComparer.Ordinal).Count() != Delegations.Count)
            {
                UpdateRejectedException.Throw(RejectionReason.Malformed, "two delegations to one role");
            }
        }
    }

    public SignedFile File { get; }

    public MetadataHead Head { get; }

    public long Version => Head.Version;

    /// <summary>By path.</summary>
    public IReadOnlyDictionary<string, TargetFile> Targets { get; }

    public IReadOnlyDictionary<string, PublicKey> DelegatedKeys { get; }

    /// <summary>In order: who stands first has the say.</summary>
    public IReadOnlyList<Delegation> Delegations { get; }

    /// <summary>Reads what the repository's own targets role signed.</summary>
    internal static TargetsMetadata Read(byte[] bytes, RootMetadata root, MetaLimits limits)
    {
        SignedFile file = SignedFile.Read(bytes, limits);
        root.Require(RoleName.Targets, file);
        return new TargetsMetadata(file);
    }

    /// <summary>Reads what the repository's own targets role signed, by the keys of a root that is trusted.</summary>
    /// <exception cref="UpdateRejectedException">It is none, or too few have signed it.</exception>
    public static TargetsMetadata Read(byte[] bytes, RootMetadata root) => Read(bytes, root, MetaLimits.Default);

    /// <summary>Reads what a role signed whose keys the caller knows from elsewhere: a vendor's own.</summary>
    /// <exception cref="UpdateRejectedException">It is none, or too few have signed it.</exception>
    public static TargetsMetadata Read(byte[] bytes, RoleKeys who, IReadOnlyDictionary<string, PublicKey> keys, string role)
    {
        SignedFile file = SignedFile.Read(bytes);
        who.Require(keys, file, role);
        return new TargetsMetadata(file);
    }

    /// <summary>Reads a file that not everybody has signed yet. Nothing in it is to be believed; it can be shown to whoever is to sign it.</summary>
    /// <exception cref="UpdateRejectedException">It is none.</exception>
    public static TargetsMetadata ReadDraft(byte[] bytes) => new(SignedFile.Read(bytes));

    /// <summary>Reads what a delegated role signed, by the keys that this role gave it: another's delegation to the same name may have other keys.</summary>
    /// <exception cref="UpdateRejectedException">It is none, or too few have signed it.</exception>
    public TargetsMetadata ReadDelegated(byte[] bytes, Delegation delegation) => ReadDelegated(bytes, delegation, MetaLimits.Default);

    internal TargetsMetadata ReadDelegated(byte[] bytes, Delegation delegation, MetaLimits limits)
    {
        SignedFile file = SignedFile.Read(bytes, limits);
        delegation.Keys.Require(DelegatedKeys, file, delegation.Role);
        return new TargetsMetadata(file);
    }
}
