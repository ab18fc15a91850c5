using Ringwall.Kernel.Files;
using Ringwall.Kernel.Polling;

namespace Ringwall.Host.Decide.Guardrails;

// Owns:     the thread that looks where the protected files are, and its wake-up.
// Threads:  Start, AwaitFirst and Dispose: the host's main thread. One thread of its own does the looking; it is in nobody's way.
// Ordering: the first table is in force before AwaitFirst returns. A file that is replaced meanwhile is known by its path until the next look.

/// <summary>Keeps the protected set up to date: packages are upgraded, kernels installed, shells added.</summary>
internal sealed class ProtectionWatch(ProtectionSources sources, ProtectedSet set, Action<string> tell) : IDisposable
{
    private const int LookEveryMilliseconds = 10_000;

    // New programs and libraries beside the known ones are only found by looking everywhere.
    private const int LooksToOneSearch = 30;
    private readonly WakeUp _end = new();
    private readonly ManualResetEventSlim _first = new();
    private IReadOnlyList<ProtectedPlace> _places = [];
    private volatile bool _ending;
    private Thread? _thread;

    /// <summary>Hears of each new table, on the thread that made it. Set before <see cref="Start"/>.</summary>
    public Action<ProtectedTable> Replaced { get; set; } = _ => { };

    public void Start()
    {
        foreach (string path in sources.Configured.Remove)
        {
            tell($"protect.remove: {path} is not protected: if a sensor denies it by mistake, that counts");
        }

        if (!sources.Configured.Packages)
        {
            tell("protect.packages: files of packages are not protected: if a sensor denies one by mistake, that counts");
        }

        _thread = new Thread(Run, maxStackSize: 512 * 1024) { Name = "protected set", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Returns when the set is in force, or the patience is over.</summary>
    public bool AwaitFirst(TimeSpan patience) => _first.Wait(patience);

    /// <summary>Looks for everything anew, now. Any thread; for tests, by which nothing else is started.</summary>
    public void Search()
    {
        RealPaths real = new(sources.Root);
        ProtectedPlace[] own = [.. sources.Own.SelectMany(path => Both(ProtectionKind.Ringwall, "it is Ringwall's own", real, path))];
        ProtectedPlace[] added = [.. sources.Configured.Add.SelectMany(path => Both(ProtectionKind.Operator, "the configuration names it (protect.add)", real, path))];
        _places = [.. own, .. added, .. new SystemFiles(sources.Root, sources.KernelRelease).Find()];
        ProtectedTable table = new(_places, [.. sources.NotOwn, .. sources.Configured.Remove.SelectMany(path => (IEnumerable<string>)[path, real.Of(path)]).Distinct()]);
        set.Replace(table);
        Replaced(table);
    }

    public void Dispose()
    {
        _ending = true;
        _end.Set();
        _thread?.Join();
        _end.Dispose();
        _first.Dispose();
    }

    private void Run()
    {
        long seen = 0;
        for (int look = 0; !_ending; look++)
        {
            if (look % LooksToOneSearch == 0 || Fingerprint() != seen)
            {
                TrySearch();
                seen = Fingerprint();
                _first.Set();
            }

            if (sources.Configured.Packages)
            {
                RefreshPackages();
            }

            _ = Poll.Readable([_end.Handle], LookEveryMilliseconds);
        }
    }

    private void TrySearch()
    {
        try
        {
            Search();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // A directory that vanished under the search; what was known stays known.
            tell($"the protected set could not be looked up anew: {unreadable.Message.TrimEnd('.')}; it is tried again");
        }
    }

    private void RefreshPackages()
    {
        try
        {
            set.Packages.Refresh();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // dpkg replaces files while it works.
            tell($"the package database could not be read: {unreadable.Message.TrimEnd('.')}; it is tried again");
        }
    }

    private long Fingerprint()
    {
        HashCode all = new();
        foreach (ProtectedPlace place in _places)
        {
            _ = OpenFile.TryStat(place.Path, out FileState state);
            all.Add(state.Identity.Device);
            all.Add(state.Identity.Inode);
            all.Add(state.OnlyRootMayWrite);
        }

        return all.ToHashCode();
    }

    // Which of the two it is may change: what is not there, or is the other, is passed over by the table.
    private static IEnumerable<ProtectedPlace> Both(ProtectionKind kind, string why, RealPaths real, string path)
    {
        string at = real.Of(path);
        Protection because = new(kind, $"it is protected: {why} ({path})");
        return [new(at, IsTree: false, because), new(at, IsTree: true, because)];
    }
}
