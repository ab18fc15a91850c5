namespace Ringwall.Host.Decide.Guardrails;

// Threads: made by one thread, then never changed; read by any without a lock and without allocating.

/// <summary>
/// The files that the package database owns, and the MD5 digests that it has for them: 26 bytes a file, sorted by the hash of the path. Two paths with one hash stand beside
/// each other, and the digest tells them apart.
/// </summary>
internal sealed class PackageIndex
{
    public const int DigestBytes = 16;
    private readonly ulong[] _paths;
    private readonly byte[] _digests;
    private readonly ushort[] _owners;

    /// <param name="paths">Hashes of paths, in any order.</param>
    /// <param name="digests">The digests, in the same order.</param>
    /// <param name="owners">Which of <paramref name="packages"/>, in the same order.</param>
    /// <param name="packages">Names of packages.</param>
    public PackageIndex(ulong[] paths, byte[] digests, ushort[] owners, IReadOnlyList<string> packages)
    {
        int[] order = new int[paths.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(paths, order);
        _paths = paths;
        _digests = new byte[digests.Length];
        _owners = new ushort[owners.Length];
        for (int i = 0; i < order.Length; i++)
        {
            digests.AsSpan(order[i] * DigestBytes, DigestBytes).CopyTo(_digests.AsSpan(i * DigestBytes));
            _owners[i] = owners[order[i]];
        }

        Packages = [.. packages];
        Why = [.. packages.Select(name => new Protection(ProtectionKind.Package, $"it is protected: package {name} owns it and its digest matches"))];
    }

    public static PackageIndex Empty { get; } = new([], [], [], []);

    public int Files => _paths.Length;

    public IReadOnlyList<string> Packages { get; }

    private Protection[] Why { get; }

    /// <summary>Whether the database has a digest for this path.</summary>
    /// <param name="path">As the kernel names it.</param>
    public bool Owns(ReadOnlySpan<byte> path) => First(PathHash.Of(path)) >= 0;

    /// <summary>The packages that have a digest for this path.</summary>
    public IEnumerable<string> OwnersOf(byte[] path)
    {
        ulong hash = PathHash.Of(path);
        for (int i = First(hash); i >= 0 && i < _paths.Length && _paths[i] == hash; i++)
        {
            yield return Packages[_owners[i]];
        }
    }

    /// <summary>Why a file of this path and digest is protected; null when no package has it so.</summary>
    public Protection? Find(ReadOnlySpan<byte> path, ReadOnlySpan<byte> digest)
    {
        ulong hash = PathHash.Of(path);
        for (int i = First(hash); i >= 0 && i < _paths.Length && _paths[i] == hash; i++)
        {
            if (_digests.AsSpan(i * DigestBytes, DigestBytes).SequenceEqual(digest))
            {
                return Why[_owners[i]];
            }
        }

        return null;
    }

    private int First(ulong hash)
    {
        int found = _paths.AsSpan().BinarySearch(hash);
        while (found > 0 && _paths[found - 1] == hash)
        {
            found--;
        }

        return found;
    }
}
