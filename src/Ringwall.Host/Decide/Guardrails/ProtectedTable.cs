using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Ringwall.Host.Intake.Tells;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Handover;

namespace Ringwall.Host.Decide.Guardrails;

// Threads: made by one thread, then never changed; read by any without a lock and without allocating.

/// <summary>
/// The protected files as they were found at one time. By device and inode, so that another name or mount of the same file leads to the same answer; and by path, so
/// that a file which an upgrade has just put in another's place is protected before it was looked at.
/// </summary>
internal sealed class ProtectedTable
{
    private readonly FrozenDictionary<FileKey, Protection> _files;
    private readonly FrozenDictionary<ulong, Named> _paths;
    private readonly Named[] _trees;
    private readonly byte[][] _except;

    /// <param name="places">What is protected; the first to name a path says why.</param>
    /// <param name="except">Paths that are not, and what lies below them.</param>
    public ProtectedTable(IEnumerable<ProtectedPlace> places, IEnumerable<string> except)
    {
        _except = [.. except.Select(path => Encoding.UTF8.GetBytes(path.TrimEnd('/')))];
        Dictionary<FileKey, Protection> files = [];
        Dictionary<ulong, Named> paths = [];
        List<Named> trees = [];
        foreach (ProtectedPlace place in places)
        {
            byte[] path = Encoding.UTF8.GetBytes(place.Path);
            if (StandInPolicy.Covers(_except, path) || !OpenFile.TryStat(place.Path, out FileState state))
            {
                continue;
            }

            Named named = new(path, state.Identity.Device, place.Why);
            if (place.IsTree && !state.IsRegular)
            {
                trees.Add(named);
            }
            else if (!place.IsTree && state.IsRegular && MayProtect(state, place.Why))
            {
                files.TryAdd(new FileKey(state.Identity.Device, state.Identity.Inode), place.Why);
                paths.TryAdd(PathHash.Of(path), named);
            }
        }

        _files = files.ToFrozenDictionary();
        _paths = paths.ToFrozenDictionary();
        _trees = [.. trees];
    }

    public static ProtectedTable Empty { get; } = new([], []);

    public int Files => _files.Count;

    public int Trees => _trees.Length;

    /// <summary>All files that are protected one by one.</summary>
    public IEnumerable<(ulong Device, ulong Inode)> Keys => _files.Keys.Select(key => (key.Device, key.Inode));

    /// <summary>The paths of all files that are protected one by one.</summary>
    public IEnumerable<string> Paths => _paths.Values.Select(named => Encoding.UTF8.GetString(named.Path));

    /// <summary>Whether an operator took this path out.</summary>
    public bool Excepts(ReadOnlySpan<byte> path) => StandInPolicy.Covers(_except, path);

    /// <param name="file">The file as it is now.</param>
    /// <param name="path">As the kernel names it; empty when it has none.</param>
    /// <param name="why">Why it is protected.</param>
    public bool TryFind(in FileState file, ReadOnlySpan<byte> path, [NotNullWhen(true)] out Protection? why)
    {
        why = Find(file, path);
        return why is not null;
    }

    // The path alone would not do: in a mount namespace of their own, people give files what path they like. They cannot choose the device.
    private Protection? Find(in FileState file, ReadOnlySpan<byte> path)
    {
        if (!file.IsRegular || Excepts(path))
        {
            return null;
        }

        if (_files.TryGetValue(new FileKey(file.Identity.Device, file.Identity.Inode), out Protection? why) && MayProtect(file, why))
        {
            return why;
        }

        if (_paths.TryGetValue(PathHash.Of(path), out Named? named) && named.IsOn(file) && named.Path.AsSpan().SequenceEqual(path))
        {
            return named.Why;
        }

        foreach (Named tree in _trees)
        {
            if (tree.IsOn(file) && path.StartsWith(tree.Path) && path.Length > tree.Path.Length && path[tree.Path.Length] == (byte)'/')
            {
                return tree.Why;
            }
        }

        return null;
    }

    private static bool MayProtect(in FileState file, Protection why) => file.OnlyRootMayWrite || why.WhoeverWrites;

    private sealed record Named(byte[] Path, ulong Device, Protection Why)
    {
        public bool IsOn(in FileState file) => file.Identity.Device == Device && MayProtect(file, Why);
    }
}
