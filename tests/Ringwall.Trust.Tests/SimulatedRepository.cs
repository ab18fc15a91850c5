namespace Ringwall.Trust.Tests;

/// <summary>A repository in memory. Its methods do what a careful operator does; what an attacker does, tests do to the drafts and to what is served.</summary>
internal sealed class SimulatedRepository
{
    public static readonly DateTimeOffset Start = new(2030, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan Life = TimeSpan.FromDays(30);

    private readonly Dictionary<string, TargetsDraft> _drafts = [];

    public SimulatedRepository(bool isConsistentSnapshot = true)
    {
        RootDraft draft = new() { Expires = Start + Life, IsConsistentSnapshot = isConsistentSnapshot };
        foreach (string role in new[] { RoleName.Root, RoleName.Timestamp, RoleName.Snapshot, RoleName.Targets })
        {
            Signers[role] = [TestKeys.New()];
            draft.AddKey(role, Signers[role][0].Key);
        }

        byte[] root = FileSigning.Sign(draft.Body(), Signers[RoleName.Root]);
        FirstRoot = root;
        Root = RootMetadata.ReadTrusted(root);
        Serve(RoleName.Root, 1, root);
        PublishAll();
    }

    /// <summary>Who signs for each role from now on.</summary>
    public Dictionary<string, List<ISigner>> Signers { get; } = [];

    public byte[] FirstRoot { get; }

    public RootMetadata Root { get; private set; }

    public SnapshotMetadata? Snapshot { get; private set; }

    public TimestampMetadata? Timestamp { get; private set; }

    public Dictionary<string, TargetsMetadata> Targets { get; } = [];

    /// <summary>By file name; what is not here is not to be had.</summary>
    public Dictionary<string, byte[]> Served { get; } = [];

    /// <summary>Whether snapshot and timestamp state lengths and digests.</summary>
    public bool StatesContent { get; set; } = true;

    public DateTimeOffset Now { get; set; } = Start;

    public byte[] PublishRoot(Action<RootDraft>? change = null, IEnumerable<ISigner>? signers = null)
    {
        RootDraft draft = new(Root) { Expires = Now + Life };
        change?.Invoke(draft);
        byte[] file = FileSigning.Sign(draft.Body(), signers ?? Signers[RoleName.Root]);
        Serve(RoleName.Root, draft.Version, file);
        try
        {
            Root = Root.ReadNext(file);
        }
        catch (UpdateRejectedException)
        {
            // A root that no device should take either.
        }

        return file;
    }

    /// <summary>Replaces a role's keys by as many new ones, as after a theft.</summary>
    public void RotateKeys(string role)
    {
        List<ISigner> old = [.. Signers[role]];
        List<ISigner> next = [.. old.Select(_ => TestKeys.New())];
        Signers[role] = next;
        PublishRoot(
            draft =>
            {
                old.ForEach(signer => draft.RemoveKey(role, signer.Key.Id));
                next.ForEach(signer => draft.AddKey(role, signer.Key));
            },
            role == RoleName.Root ? [.. old, .. next] : null);
    }

    /// <summary>The draft of a role's next version.</summary>
    public TargetsDraft Draft(string role = RoleName.Targets)
    {
        if (!_drafts.TryGetValue(role, out TargetsDraft? draft))
        {
            draft = new TargetsDraft(Targets.GetValueOrDefault(role)) { Expires = Now + Life };
            _drafts[role] = draft;
        }

        return draft;
    }

    public TargetFile AddTarget(string path, byte[] content, string role = RoleName.Targets, MetaValue.Map? custom = null)
    {
        TargetFile file = new(path, content.Length, DigestSet.Of(content), custom);
        Draft(role).Set(file);
        Served[$"targets/{file.PathToFetch(Root.IsConsistentSnapshot)}"] = content;
        return file;
    }

    /// <summary>Lets a role of another speak for some paths; keys are made on the first delegation.</summary>
    public void Delegate(string from, string role, bool isTerminating, params string[] patterns)
    {
        if (!Signers.TryGetValue(role, out List<ISigner>? signers))
        {
            signers = Signers[role] = [TestKeys.New()];
        }

        Draft(role);
        Draft(from).Delegate(role, [.. signers.Select(signer => signer.Key)], 1, patterns, isTerminating);
    }

    public byte[] PublishTargets(string role = RoleName.Targets)
    {
        TargetsDraft draft = Draft(role);
        _drafts.Remove(role);
        byte[] file = FileSigning.Sign(draft.Body(), Signers[role]);
        Serve(role, draft.Version, file);
        Targets[role] = new TargetsMetadata(SignedFile.Read(file));
        return file;
    }

    public byte[] PublishSnapshot(Action<SnapshotDraft>? change = null)
    {
        SnapshotDraft draft = new(Snapshot) { Expires = Now + Life };
        foreach ((string role, TargetsMetadata targets) in Targets)
        {
            draft.Set(role, Describe(targets.File.Bytes, targets.Version));
        }

        change?.Invoke(draft);
        byte[] file = FileSigning.Sign(draft.Body(), Signers[RoleName.Snapshot]);
        Serve(RoleName.Snapshot, draft.Version, file);
        Snapshot = new SnapshotMetadata(SignedFile.Read(file));
        return file;
    }

    public byte[] PublishTimestamp(Action<TimestampDraft>? change = null)
    {
        TimestampDraft draft = new(Timestamp) { Expires = Now + TimeSpan.FromDays(1), Snapshot = Describe(Snapshot!.File.Bytes, Snapshot.Version) };
        change?.Invoke(draft);
        byte[] file = FileSigning.Sign(draft.Body(), Signers[RoleName.Timestamp]);
        Served["timestamp.json"] = file;
        Timestamp = new TimestampMetadata(SignedFile.Read(file));
        return file;
    }

    /// <summary>Every draft that there is, then snapshot and timestamp.</summary>
    public void PublishAll()
    {
        Draft();
        foreach (string role in _drafts.Keys.ToArray())
        {
            PublishTargets(role);
        }

        PublishSnapshot();
        PublishTimestamp();
    }

    public void Serve(string role, long version, byte[] file) =>
        Served[RoleName.FileName(role, Root is null || Root.IsConsistentSnapshot || role == RoleName.Root ? version : null)] = file;

    public ListedFile Describe(byte[] file, long version) =>
        StatesContent ? new ListedFile(version, file.Length, DigestSet.Of(file)) : new ListedFile(version, null, null);
}
