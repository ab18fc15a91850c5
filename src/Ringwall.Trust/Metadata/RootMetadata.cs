namespace Ringwall.Trust;

/// <summary>The keys of a repository: who may sign what in it (specification 4.3). The start of everything that is believed.</summary>
public sealed class RootMetadata
{
    private static readonly string[] Needed = [RoleName.Root, RoleName.Timestamp, RoleName.Snapshot, RoleName.Targets];

    private RootMetadata(SignedFile file)
    {
        File = file;
        Head = MetadataHead.Read(file.Body, RoleName.Root);
        IsConsistentSnapshot = file.Body.FlagOr("consistent_snapshot", otherwise: false);
        Keys = KeyTable.Read(file.Body.Map("keys"));

        // A role that is not known here has no say here: it is skipped, like every unknown field.
        MetaValue.Map roles = file.Body.Map("roles");
        Roles = Needed.ToDictionary(role => role, role => RoleKeys.Read(roles.Map(role)), StringComparer.Ordinal);
    }

    public SignedFile File { get; }

    public MetadataHead Head { get; }

    public long Version => Head.Version;

    /// <summary>Whether files are named with their version or digest before them, so that a publication in progress disturbs nobody.</summary>
    public bool IsConsistentSnapshot { get; }

    public IReadOnlyDictionary<string, PublicKey> Keys { get; }

    /// <summary>The four that every repository has.</summary>
    public IReadOnlyDictionary<string, RoleKeys> Roles { get; }

    /// <summary>
    /// A root that is trusted because somebody put it there. It must have signed itself, which shows that it is whole; that it is the right one, nobody but that somebody knows.
    /// Expiry is not checked here on purpose: an expired root may still lead to a fresh one.
    /// </summary>
    /// <exception cref="UpdateRejectedException">It is no root that has signed itself.</exception>
    public static RootMetadata ReadTrusted(byte[] bytes, MetaLimits? limits = null)
    {
        RootMetadata root = new(SignedFile.Read(bytes, limits));
        root.Require(RoleName.Root, root.File);
        return root;
    }

    /// <summary>Reads a root that not everybody has signed yet. Nothing in it is to be believed; it can be shown to whoever is to sign it.</summary>
    /// <exception cref="UpdateRejectedException">It is none.</exception>
    public static RootMetadata ReadDraft(byte[] bytes) => new(SignedFile.Read(bytes));

    /// <summary>The next root (specification 5.3.4 to 5.3.6). The old keys must vouch for it, and the new ones for themselves; no version may be left out.</summary>
    /// <exception cref="UpdateRejectedException">It is no valid successor.</exception>
    public RootMetadata ReadNext(byte[] bytes, MetaLimits? limits = null)
    {
        SignedFile file = SignedFile.Read(bytes, limits);
        Require(RoleName.Root, file);
        RootMetadata next = new(file);
        next.Require(RoleName.Root, file);
        if (next.Version != Version + 1)
        {
            UpdateRejectedException.Throw(RejectionReason.VersionNotNext, $"have root {Version}, offered {next.Version}");
        }

        return next;
    }

    /// <summary>Whether a key that could sign for the role before can do so no more: the sign of a recovery (specification 5.3.11). A key that was only added is none.</summary>
    internal bool HasTakenKeysFrom(RootMetadata before, string role) => before.Roles[role].KeyIds.Except(Roles[role].KeyIds, StringComparer.Ordinal).Any();

    internal void Require(string role, SignedFile file) => Roles[role].Require(Keys, file, role);
}
