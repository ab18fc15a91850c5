using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Decide.Guardrails;

// Owns:     the index in force.
// Threads:  Owns and Epoch: any, without a lock and without allocating. Refresh: the thread of the protected set. Look: any, one at a
//           time by each buffer.

/// <summary>The files of installed packages.</summary>
/// <param name="database">Where they are found.</param>
internal sealed class PackageFiles(DpkgDatabase database)
{
    private volatile PackageIndex _index = PackageIndex.Empty;
    private FileIdentity _version;
    private int _epoch;

    /// <summary>For a host that does without.</summary>
    public static PackageFiles None { get; } = new(new DpkgDatabase("/nowhere"));

    public PackageIndex Index => _index;

    /// <summary>Changes with the index: what was found by an earlier one counts no more.</summary>
    public int Epoch => Volatile.Read(ref _epoch);

    /// <summary>Whether a file of this path may be a package's: only then is its content looked at.</summary>
    public bool Owns(in FileState file, ReadOnlySpan<byte> path) => file.IsRegular && file.OnlyRootMayWrite && _index.Owns(path);

    /// <summary>Reads the database if it has changed.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void Refresh()
    {
        FileIdentity version = database.Version;
        if (version != _version)
        {
            _index = database.Read();
            _version = version;
            Volatile.Write(ref _epoch, _epoch + 1);
        }
    }

    /// <summary>Compares the file with the database. Reads all of it.</summary>
    /// <param name="descriptor">Open for reading; not closed here.</param>
    /// <param name="file">What it was when the question came up.</param>
    /// <param name="path">As the kernel names it.</param>
    /// <param name="buffer">From <see cref="FileDigest.Buffer"/>.</param>
    /// <returns>Why it is protected; null when it is not.</returns>
    public Protection? Look(int descriptor, in FileState file, byte[] path, byte[] buffer)
    {
        using SafeFileHandle handle = new(descriptor, ownsHandle: false);
        if (!Owns(file, path) || (long)file.Identity.Size > FileDigest.LongestBytes || FileDigest.TryCompute(handle, buffer) is not { } digest)
        {
            return null;
        }

        PackageIndex index = _index;
        Protection? why = index.Find(path, digest) ?? Upgraded(index, path, digest);
        return OpenFile.TryStat(descriptor, out FileState now) && now.Identity == file.Identity ? why : null;
    }

    // The package may have been upgraded since the index was made; its list is then on disk before the index is.
    private Protection? Upgraded(PackageIndex index, byte[] path, byte[] digest)
    {
        try
        {
            return database.Read(index.OwnersOf(path)).Find(path, digest);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
