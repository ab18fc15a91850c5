// Owns:     STATE/trust/REPOSITORY: what the agent itself trusts of one repository.
// Threads:  one at a time.
// Ordering: Trust says what to keep, and it is on the disk before the next step. The spool is changed when a refresh has succeeded, so that the host finds whole publications.

using Ringwall.Trust;

namespace Ringwall.Agent.Fetching;

/// <summary>
/// Keeps one repository's files up to date, and lays them out for the host. The agent verifies as the host does: what is not to be believed is not worth the host's time, and the next
/// mirror may have better.
/// </summary>
internal sealed class RepositoryMirror(string stateDirectory, string repository, Spool spool)
{
    private readonly string _folder = FolderOf(stateDirectory, repository);
    private TrustedRepository? _trusted;

    public TrustedRepository Trusted => _trusted ?? throw new InvalidOperationException("A refresh comes first.");

    /// <summary>Trust begins with this root.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public static void Begin(string stateDirectory, string repository, byte[] root, Spool spool)
    {
        string folder = FolderOf(stateDirectory, repository);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        AgentFiles.MakeFolder(RootsOf(folder));
        AgentFiles.Replace(Path.Combine(RootsOf(folder), RoleName.FileName(RoleName.Root, 1)), root);
        AgentFiles.Replace(Path.Combine(folder, RoleName.FileName(RoleName.Root)), root);
        spool.Lay(repository, RoleName.FileName(RoleName.Root, 1), root);
    }

    /// <summary>Root, timestamp, snapshot and targets.</summary>
    /// <exception cref="UpdateRejectedException">What the server has is not to be believed.</exception>
    /// <exception cref="AgentException">The server failed.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public async Task RefreshAsync(StaticFiles files, DateTimeOffset now, CancellationToken stop)
    {
        _trusted = TrustedRepository.Load(AgentFiles.List(_folder).ToDictionary(file => Uri.UnescapeDataString(Path.GetFileNameWithoutExtension(file)), File.ReadAllBytes, StringComparer.Ordinal));
        await RunAsync(_trusted.Refresh(now), files, stop).ConfigureAwait(false);
    }

    /// <summary>The roles that have a say about a path. That nobody has is no failure here.</summary>
    public async Task SearchAsync(string path, StaticFiles files, CancellationToken stop)
    {
        try
        {
            await RunAsync(Trusted.Search(path), files, stop).ConfigureAwait(false);
        }
        catch (UpdateRejectedException)
        {
            // The host says the same of this release, with its reason; the others are not held up by it.
        }
    }

    /// <summary>Lays everything that is trusted now into the spool. Roots are those that were verified here when they came, whatever lay in the spool before.</summary>
    /// <exception cref="AgentException">A root that was kept is gone.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Lay()
    {
        for (long version = 1; version <= Trusted.Root.Version; version++)
        {
            string kept = Path.Combine(RootsOf(_folder), RoleName.FileName(RoleName.Root, version));
            spool.Lay(repository, RoleName.FileName(RoleName.Root, version), File.Exists(kept) ? File.ReadAllBytes(kept) : throw new AgentException($"{kept} is gone; enrol anew (`ringwall enrol --reset`)"));
        }

        bool isConsistent = Trusted.Root.IsConsistentSnapshot;
        HashSet<string> laid = new(StringComparer.Ordinal);
        foreach ((string role, byte[] content) in Trusted.Files.Where(file => file.Key is not (RoleName.Root or RoleName.Timestamp or RoleName.Snapshot)))
        {
            if (Trusted.Snapshot!.Files.TryGetValue(RoleName.Listed(role), out ListedFile? listed))
            {
                LayFile(role, listed.Version, content);
            }
        }

        LayFile(RoleName.Snapshot, Trusted.Timestamp!.Snapshot.Version, Trusted.Files[RoleName.Snapshot]);
        LayFile(RoleName.Timestamp, null, Trusted.Files[RoleName.Timestamp]);
        spool.KeepOnly(repository, laid);

        void LayFile(string role, long? version, byte[] content)
        {
            string name = RoleName.FileName(role, isConsistent ? version : null);
            spool.Lay(repository, name, content);
            laid.Add(name);
        }
    }

    // Every root on the way to the latest, for the host, which walks through all of them by itself.
    private static string RootsOf(string folder) => Path.Combine(folder, "roots");

    private static string FolderOf(string stateDirectory, string repository) => Path.Combine(stateDirectory, "trust", repository);

    private async Task RunAsync(IEnumerable<UpdateStep> steps, StaticFiles files, CancellationToken stop)
    {
        foreach (UpdateStep step in steps)
        {
            switch (step)
            {
                case UpdateStep.Fetch fetch when await files.TryGetAsync($"{repository}/{fetch.FileName}", fetch.MostBytes, stop).ConfigureAwait(false) is { } content:
                    fetch.Supply(content);
                    break;
                case UpdateStep.Keep keep:
                    if (keep.Role == RoleName.Root)
                    {
                        AgentFiles.Replace(Path.Combine(RootsOf(_folder), RoleName.FileName(RoleName.Root, Trusted.Root.Version)), keep.Content);
                    }

                    AgentFiles.Replace(Path.Combine(_folder, RoleName.FileName(keep.Role)), keep.Content);
                    if (keep.Role == RoleName.Root)
                    {
                        spool.Lay(repository, RoleName.FileName(RoleName.Root, Trusted.Root.Version), keep.Content);
                    }

                    break;
                case UpdateStep.Forget forget:
                    File.Delete(Path.Combine(_folder, RoleName.FileName(forget.Role)));
                    break;
            }
        }
    }
}
