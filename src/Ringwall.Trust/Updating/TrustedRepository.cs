namespace Ringwall.Trust;

/// <summary>
/// What one device trusts of one repository, and how that moves forward: the client workflow of The Update Framework, specification 1.0.34, section 5. The caller fetches and stores,
/// as the steps ask; refused bytes change nothing that was trusted.
/// </summary>
// Owns:         the trusted files of one repository.
// Does not own: where they are stored, how files are fetched.
// Threads:      one at a time; one refresh or search at a time.
public sealed class TrustedRepository
{
    private readonly TrustLimits _limits;
    private readonly Dictionary<string, byte[]> _files;
    private DateTimeOffset _now;
    private bool _isFresh;

    private TrustedRepository(RootMetadata root, Dictionary<string, byte[]> files, TrustLimits limits)
    {
        Root = root;
        _files = files;
        _limits = limits;
    }

    /// <summary>The one root that is believed. It moves one version at a time and never back.</summary>
    public RootMetadata Root { get; private set; }

    /// <summary>From the last refresh that got so far, or null. The same holds for the two that follow.</summary>
    public TimestampMetadata? Timestamp { get; private set; }

    public SnapshotMetadata? Snapshot { get; private set; }

    public TargetsMetadata? Targets { get; private set; }

    /// <summary>What storage should hold, by role.</summary>
    public IReadOnlyDictionary<string, byte[]> Files => _files;

    /// <summary>Takes up what was stored. All but the root is looked at again in the next refresh, by the keys that count then.</summary>
    /// <param name="files">By role. "root" must be there: at first the one that came with the installation.</param>
    /// <param name="limits">Null for the usual ones.</param>
    /// <exception cref="UpdateRejectedException">The stored root is none.</exception>
    public static TrustedRepository Load(IReadOnlyDictionary<string, byte[]> files, TrustLimits? limits = null)
    {
        TrustLimits bounds = limits ?? TrustLimits.Default;
        if (!files.TryGetValue(RoleName.Root, out byte[]? root))
        {
            throw new UpdateRejectedException(RejectionReason.Unavailable, "no root is stored: the first one comes with the installation");
        }

        return new TrustedRepository(RootMetadata.ReadTrusted(root, bounds.Json), new Dictionary<string, byte[]>(files, StringComparer.Ordinal), bounds);
    }

    /// <summary>
    /// Brings root, timestamp, snapshot and targets up to date. Each step is carried out before the next is asked for. What was accepted before a refusal stays accepted.
    /// </summary>
    /// <param name="now">The time that all expiry is held against, to the end of the refresh and of the searches after it (specification 5.1).</param>
    /// <exception cref="UpdateRejectedException">From the enumeration.</exception>
    public IEnumerable<UpdateStep> Refresh(DateTimeOffset now)
    {
        _now = now;
        _isFresh = false;
        (Timestamp, Snapshot, Targets) = (null, null, null);
        return RefreshRoot().Concat(RefreshTimestamp()).Concat(RefreshSnapshot()).Concat(RefreshTargets());
    }

    /// <summary>Holds what the last refresh brought against a later time, and the searches after this, too: what was fresh then may have expired since.</summary>
    /// <param name="now">One that is earlier than the last changes nothing.</param>
    /// <exception cref="UpdateRejectedException">One of the four files has expired.</exception>
    /// <exception cref="InvalidOperationException">The last refresh did not succeed.</exception>
    public void RequireFresh(DateTimeOffset now)
    {
        TargetsMetadata targets = FreshTargets;
        _now = now > _now ? now : _now;
        Root.Head.RequireFresh(_now, RoleName.Root);
        Timestamp!.Head.RequireFresh(_now, RoleName.Timestamp);
        Snapshot!.Head.RequireFresh(_now, RoleName.Snapshot);
        targets.Head.RequireFresh(_now, RoleName.Targets);
    }

    /// <summary>A search for the role that has the say about a path. Enumerate it as a refresh; then it has an answer.</summary>
    /// <exception cref="InvalidOperationException">The last refresh did not succeed.</exception>
    public TargetSearch Search(string path) => _isFresh
        ? new TargetSearch(this, path)
        : throw new InvalidOperationException("A search follows a refresh that succeeded.");

    internal TrustLimits Limits => _limits;

    internal TargetsMetadata FreshTargets => _isFresh ? Targets! : throw new InvalidOperationException("The last refresh did not succeed.");

    /// <summary>Loads a targets role: what is stored if it is what the snapshot lists, else a new file.</summary>
    /// <param name="role">Its name.</param>
    /// <param name="read">Verifies and reads it, by the keys of whoever delegates.</param>
    /// <param name="loaded">Where it is put.</param>
    internal IEnumerable<UpdateStep> Load(string role, Func<byte[], TargetsMetadata> read, Action<TargetsMetadata> loaded)
    {
        if (!Snapshot!.Files.TryGetValue(RoleName.Listed(role), out ListedFile? listed))
        {
            throw new UpdateRejectedException(RejectionReason.NotInSnapshot, $"the snapshot does not list {role}");
        }

        if (Stored(role, content => Check(content)) is { } stored)
        {
            loaded(stored);
            yield break;
        }

        UpdateStep.Fetch fetch = NewFetch(role, listed, _limits.TargetsBytes);
        yield return fetch;
        byte[] content = fetch.Content();
        TargetsMetadata fetched = Check(content);
        _files[role] = content;
        loaded(fetched);
        yield return new UpdateStep.Keep(role, content);

        // Specification 5.6.2 to 5.6.5, in this order.
        TargetsMetadata Check(byte[] bytes)
        {
            listed.RequireContent(bytes, role);
            TargetsMetadata targets = read(bytes);
            listed.RequireVersion(targets.Version, role);
            targets.Head.RequireFresh(_now, role);
            return targets;
        }
    }

    private IEnumerable<UpdateStep> RefreshRoot()
    {
        for (int i = 0; i < _limits.RootsPerRefresh; i++)
        {
            UpdateStep.Fetch fetch = new(RoleName.Root, RoleName.FileName(RoleName.Root, Root.Version + 1), _limits.RootBytes);
            yield return fetch;
            if (!fetch.IsSupplied)
            {
                break;
            }

            byte[] content = fetch.Content();
            RootMetadata next = Root.ReadNext(content, _limits.Json);

            // Recovery from a fast-forward attack, specification 5.3.11. It comes before the new root is kept: whoever is interrupted between the two does both again.
            if (next.HasTakenKeysFrom(Root, RoleName.Timestamp) || next.HasTakenKeysFrom(Root, RoleName.Snapshot))
            {
                foreach (string role in new[] { RoleName.Timestamp, RoleName.Snapshot }.Where(_files.Remove))
                {
                    yield return new UpdateStep.Forget(role);
                }
            }

            Root = next;
            _files[RoleName.Root] = content;
            yield return new UpdateStep.Keep(RoleName.Root, content);
        }

        Root.Head.RequireFresh(_now, RoleName.Root);
    }

    private IEnumerable<UpdateStep> RefreshTimestamp()
    {
        TimestampMetadata? trusted = Stored(RoleName.Timestamp, content => TimestampMetadata.Read(content, Root, _limits.Json));
        UpdateStep.Fetch fetch = new(RoleName.Timestamp, RoleName.FileName(RoleName.Timestamp), _limits.TimestampBytes);
        yield return fetch;
        byte[] content = fetch.Content();
        TimestampMetadata offered = TimestampMetadata.Read(content, Root, _limits.Json);
        if (trusted is not null)
        {
            offered.RequireNoRollback(trusted);
        }

        // The same version again is the usual case, and whatever it says now, what it said first counts (specification 5.4.3.1).
        TimestampMetadata latest = offered.Version == trusted?.Version ? trusted : offered;
        latest.Head.RequireFresh(_now, RoleName.Timestamp);
        Timestamp = latest;
        if (latest == offered)
        {
            _files[RoleName.Timestamp] = content;
            yield return new UpdateStep.Keep(RoleName.Timestamp, content);
        }
    }

    private IEnumerable<UpdateStep> RefreshSnapshot()
    {
        ListedFile listed = Timestamp!.Snapshot;
        SnapshotMetadata? trusted = Stored(RoleName.Snapshot, content => SnapshotMetadata.Read(content, Root, _limits.Json));
        if (trusted is not null && Stored(RoleName.Snapshot, content => Check(content, null)) is { } current)
        {
            Snapshot = current;
            foreach (UpdateStep step in ForgetUnlisted())
            {
                yield return step;
            }

            yield break;
        }

        UpdateStep.Fetch fetch = NewFetch(RoleName.Snapshot, listed, _limits.SnapshotBytes);
        yield return fetch;
        byte[] content = fetch.Content();
        Snapshot = Check(content, trusted);
        _files[RoleName.Snapshot] = content;
        yield return new UpdateStep.Keep(RoleName.Snapshot, content);
        foreach (UpdateStep step in ForgetUnlisted())
        {
            yield return step;
        }

        // Specification 5.5.2 to 5.5.6, in this order.
        SnapshotMetadata Check(byte[] bytes, SnapshotMetadata? before)
        {
            listed.RequireContent(bytes, RoleName.Snapshot);
            SnapshotMetadata snapshot = SnapshotMetadata.Read(bytes, Root, _limits.Json);
            listed.RequireVersion(snapshot.Version, RoleName.Snapshot);
            if (before is not null)
            {
                snapshot.RequireNoRollback(before);
            }

            snapshot.Head.RequireFresh(_now, RoleName.Snapshot);
            return snapshot;
        }
    }

    // A role that the snapshot lists no more (which it may leave out only after a change of its keys) can never be asked for again: what is stored of it would stay for ever.
    private IEnumerable<UpdateStep> ForgetUnlisted()
    {
        foreach (string role in _files.Keys.Where(role => !IsListed(role)).ToArray())
        {
            _files.Remove(role);
            yield return new UpdateStep.Forget(role);
        }

        bool IsListed(string role) => role is RoleName.Root or RoleName.Timestamp or RoleName.Snapshot || Snapshot!.Files.ContainsKey(RoleName.Listed(role));
    }

    private IEnumerable<UpdateStep> RefreshTargets()
    {
        foreach (UpdateStep step in Load(RoleName.Targets, content => TargetsMetadata.Read(content, Root, _limits.Json), targets => Targets = targets))
        {
            yield return step;
        }

        _isFresh = true;
    }

    private UpdateStep.Fetch NewFetch(string role, ListedFile listed, long most) =>
        new(role, RoleName.FileName(role, Root.IsConsistentSnapshot ? listed.Version : null), Math.Min(listed.Length ?? most, most));

    // What is stored was valid once. If it is not by today's keys and lists, it is as if it were not there.
    private T? Stored<T>(string role, Func<byte[], T> read)
        where T : class
    {
        if (!_files.TryGetValue(role, out byte[]? content))
        {
            return null;
        }

        try
        {
            return read(content);
        }
        catch (UpdateRejectedException)
        {
            return null;
        }
    }
}
