namespace Ringwall.Trust;

/// <summary>
/// The repository's side (specification 6): takes files that keepers of offline keys have signed, and adds what the online keys sign. Before it gives a publication out, it goes
/// through what a device would do with it, one that has the publication before: what devices would refuse is never laid where they find it.
/// </summary>
// Owns: the latest published file of each role. Threads: one at a time.
public sealed class Publisher
{
    private readonly Dictionary<string, byte[]> _files;

    private Publisher(Dictionary<string, byte[]> files) => _files = files;

    /// <summary>The latest published file of each role.</summary>
    public IReadOnlyDictionary<string, byte[]> Files => _files;

    public RootMetadata Root => RootMetadata.ReadTrusted(_files[RoleName.Root]);

    /// <summary>Whether there is a top-level targets file, and this root believes it.</summary>
    public bool HasTargets => Trusted(RoleName.Targets, content => TargetsMetadata.Read(content, Root)) is not null;

    /// <summary>Goes on from what was published: at first, a root that signed itself.</summary>
    /// <exception cref="UpdateRejectedException">The root is none.</exception>
    public static Publisher Open(IReadOnlyDictionary<string, byte[]> files)
    {
        Publisher publisher = new(new Dictionary<string, byte[]>(files, StringComparer.Ordinal));
        _ = publisher.Root;
        return publisher;
    }

    /// <summary>A new root, signed by the old keys and by its own. When it takes away a key of timestamp, snapshot or targets, publish the rest anew at once.</summary>
    /// <exception cref="UpdateRejectedException">Devices would refuse it. Nothing changed.</exception>
    public PublishedFile PublishRoot(byte[] root)
    {
        RootMetadata next = Root.ReadNext(root);
        _files[RoleName.Root] = root;
        return new PublishedFile(RoleName.FileName(RoleName.Root, next.Version), root);
    }

    /// <summary>Puts signed targets files beside what is published, with a new snapshot and timestamp.</summary>
    /// <param name="targets">Signed files by role, top-level or delegated; none for a timestamp that is merely fresh.</param>
    /// <param name="keys">The online keys.</param>
    /// <param name="now">From which the lives of snapshot and timestamp count.</param>
    /// <param name="atLeast">What versions of snapshot and timestamp are at least: higher than that of the one before has both made anew, for devices that have seen more than is known here.</param>
    /// <returns>Files in the order in which they must be laid out: whoever fetches in between finds the old publication or the new one.</returns>
    /// <exception cref="UpdateRejectedException">Devices would refuse it. Nothing changed.</exception>
    public IReadOnlyList<PublishedFile> Publish(IReadOnlyDictionary<string, byte[]> targets, OnlineKeys keys, DateTimeOffset now, long atLeast = 1)
    {
        RootMetadata root = Root;
        Dictionary<string, byte[]> next = new(_files, StringComparer.Ordinal);
        List<PublishedFile> published = [];

        SnapshotMetadata? before = Trusted(RoleName.Snapshot, content => SnapshotMetadata.Read(content, root, MetaLimits.Default));
        foreach ((string role, byte[] content) in targets)
        {
            // The same version with another content would leave devices divided: those that have the first keep it. After a change of the snapshot's keys versions may begin anew.
            if (before is not null && _files.TryGetValue(role, out byte[]? had) && Describe(content).Version <= Describe(had).Version)
            {
                UpdateRejectedException.Throw(RejectionReason.VersionMismatch, $"{role} {Describe(had).Version} is published already; the next must have a higher version");
            }

            Add(role, content);
        }

        // A snapshot serves until half its life is over, and a timestamp once.
        if (targets.Count > 0 || before is null || before.Version < atLeast || before.Head.Expires < now + (keys.SnapshotLife / 2))
        {
            SnapshotDraft snapshot = new(before) { Expires = now + keys.SnapshotLife };
            snapshot.Version = Math.Max(snapshot.Version, atLeast);
            foreach ((string role, byte[] content) in next.Where(file => file.Key is not (RoleName.Root or RoleName.Snapshot or RoleName.Timestamp)))
            {
                snapshot.Set(role, Describe(content));
            }

            Add(RoleName.Snapshot, FileSigning.Sign(snapshot.Body(), keys.Snapshot));
        }

        TimestampMetadata? stamped = Trusted(RoleName.Timestamp, content => TimestampMetadata.Read(content, root, MetaLimits.Default));
        TimestampDraft timestamp = new(stamped) { Expires = now + keys.TimestampLife, Snapshot = Describe(next[RoleName.Snapshot]) };
        timestamp.Version = Math.Max(timestamp.Version, atLeast);
        Add(RoleName.Timestamp, FileSigning.Sign(timestamp.Body(), keys.Timestamp));

        Rehearse(next, published, [.. targets.Keys.Where(role => role != RoleName.Targets)], now);
        foreach ((string role, byte[] content) in next)
        {
            _files[role] = content;
        }

        return published;

        void Add(string role, byte[] content)
        {
            next[role] = content;
            long? version = root.IsConsistentSnapshot && role != RoleName.Timestamp ? Describe(content).Version : null;
            published.Add(new PublishedFile(RoleName.FileName(role, version), content));
        }
    }

    private static ListedFile Describe(byte[] content) => new(SignedFile.Read(content).Body.Number("version", 1), content.Length, DigestSet.Of(content));

    private T? Trusted<T>(string role, Func<byte[], T> read)
        where T : class
    {
        try
        {
            return _files.TryGetValue(role, out byte[]? content) ? read(content) : null;
        }
        catch (UpdateRejectedException)
        {
            // Signed by keys that a new root took away: devices forget it, and so the count begins anew.
            return null;
        }
    }

    // A device with the publication before, then every delegation, whatever path leads there. A role that was published before and is believed no more (expired, or its keys were taken away) is the
    // trouble of that role alone: others, and a fresh timestamp, are published all the same.
    private void Rehearse(Dictionary<string, byte[]> next, List<PublishedFile> published, HashSet<string> added, DateTimeOffset now)
    {
        TrustedRepository device = TrustedRepository.Load(_files);
        foreach (UpdateStep.Fetch fetch in device.Refresh(now).OfType<UpdateStep.Fetch>())
        {
            if (published.Find(file => file.Name == fetch.FileName)?.Content is { } content)
            {
                fetch.Supply(content);
            }
        }

        Stack<TargetsMetadata> waiting = new([device.Targets!]);
        HashSet<string> visited = new(StringComparer.Ordinal);
        while (waiting.TryPop(out TargetsMetadata? targets))
        {
            foreach (Delegation delegation in targets.Delegations)
            {
                if (next.TryGetValue(delegation.Role, out byte[]? content) && Delegated(targets, delegation, content, now, isNew: added.Contains(delegation.Role)) is { } delegated && visited.Add(delegation.Role))
                {
                    waiting.Push(delegated);
                }
            }
        }

        if (added.FirstOrDefault(role => !visited.Contains(role)) is { } stray)
        {
            UpdateRejectedException.Throw(RejectionReason.NoSuchTarget, $"nobody delegates to {stray}");
        }
    }

    private static TargetsMetadata? Delegated(TargetsMetadata targets, Delegation delegation, byte[] content, DateTimeOffset now, bool isNew)
    {
        try
        {
            TargetsMetadata delegated = targets.ReadDelegated(content, delegation, MetaLimits.Default);
            delegated.Head.RequireFresh(now, delegation.Role);
            return delegated;
        }
        catch (UpdateRejectedException) when (!isNew)
        {
            return null;
        }
    }
}
