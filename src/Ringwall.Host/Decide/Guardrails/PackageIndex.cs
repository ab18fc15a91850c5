using System.Buffers.Binary;

namespace Ringwall.Host.Decide.Guardrails;

// Threads: made by one thread, then never changed; Owns is for any, without a lock and without allocating.

/// <summary>
/// The files that the package database owns, and the MD5 digests that it has for them, sorted by the hash of the path. Two paths with one hash stand beside
/// each other, and the digest tells them apart.
/// </summary>
internal sealed class PackageIndex
{
    public const int DigestBytes = 16;
    private readonly PackagedDigest[] _files;

    /// <param name="files">In any order; the index keeps and sorts them. What lies behind <paramref name="count"/> is room that was not needed.</param>
    /// <param name="count">How many.</param>
    /// <param name="packages">Names of packages, by number of owner.</param>
    public PackageIndex(PackagedDigest[] files, int count, IReadOnlyList<string> packages)
    {
        _files = files;
        Files = count;
        Packages = packages;
        files.AsSpan(0, count).Sort();
    }

    public static PackageIndex Empty { get; } = new([], 0, []);

    public int Files { get; }

    public IReadOnlyList<string> Packages { get; }

    /// <summary>What stands for a digest in the index.</summary>
    /// <param name="digest">Its 16 bytes.</param>
    public static UInt128 Digest(ReadOnlySpan<byte> digest) => BinaryPrimitives.ReadUInt128BigEndian(digest);

    /// <summary>Whether the database has a digest for this path.</summary>
    /// <param name="path">As the kernel names it.</param>
    public bool Owns(ReadOnlySpan<byte> path) => First(PathHash.Of(path)) >= 0;

    /// <summary>The packages that have a digest for this path.</summary>
    public IEnumerable<string> OwnersOf(byte[] path)
    {
        ulong hash = PathHash.Of(path);
        for (int i = First(hash); i >= 0 && i < Files && _files[i].Path == hash; i++)
        {
            yield return Packages[_files[i].Owner];
        }
    }

    /// <summary>Why a file of this path and digest is protected; null when no package has it so.</summary>
    public Protection? Find(ReadOnlySpan<byte> path, ReadOnlySpan<byte> digest)
    {
        ulong hash = PathHash.Of(path);
        UInt128 wanted = Digest(digest);
        for (int i = First(hash); i >= 0 && i < Files && _files[i].Path == hash; i++)
        {
            if (_files[i].Digest == wanted)
            {
                return new Protection(ProtectionKind.Package, $"it is protected: package {Packages[_files[i].Owner]} owns it and its digest matches");
            }
        }

        return null;
    }

    private int First(ulong hash)
    {
        int found = _files.AsSpan(0, Files).BinarySearch(new PackagedDigest(hash, default, 0));
        while (found > 0 && _files[found - 1].Path == hash)
        {
            found--;
        }

        return found;
    }
}
