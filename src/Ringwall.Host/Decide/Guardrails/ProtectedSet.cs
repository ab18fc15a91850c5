using System.Diagnostics.CodeAnalysis;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Decide.Guardrails;

// Owns:     the table that counts now.
// Threads:  Replace by one thread; everything else by any. But for Look, nothing locks, allocates or waits.

/// <summary>The files that no sensor may deny.</summary>
/// <param name="packages">What the package database owns.</param>
internal sealed class ProtectedSet(PackageFiles packages)
{
    private volatile ProtectedTable _table = ProtectedTable.Empty;

    /// <summary>Without a package database.</summary>
    public ProtectedSet()
        : this(PackageFiles.None)
    {
    }

    public ProtectedTable Table => _table;

    public PackageFiles Packages { get; } = packages;

    /// <summary>Denials of files that may be a package's, on their way to who looks at their content.</summary>
    public CheckRing Checks { get; } = new();

    /// <summary>Whether the file is protected whatever is in it.</summary>
    /// <param name="file">The file as it is now.</param>
    /// <param name="path">As the kernel names it; empty when it has none.</param>
    /// <param name="why">Why it is protected.</param>
    public bool TryFind(in FileState file, ReadOnlySpan<byte> path, [NotNullWhen(true)] out Protection? why) => _table.TryFind(file, path, out why);

    /// <summary>Whether the file may be protected, depending on its content.</summary>
    public bool MayBe(in FileState file, ReadOnlySpan<byte> path) => Packages.Owns(file, path) && !_table.Excepts(path);

    /// <summary>
    /// Whether the file is protected, its content looked at if that is needed: up to <see cref="FileDigest.LongestBytes"/> of it are read. Never the answering thread.
    /// </summary>
    /// <param name="descriptor">Open for reading; stays open.</param>
    /// <returns>Why it is protected; null when it is not.</returns>
    public Protection? Look(int descriptor)
    {
        byte[] path = new byte[OpenFile.LongestPath];
        path = path[..OpenFile.TryReadPath(descriptor, path)];
        if (!OpenFile.TryStat(descriptor, out FileState file))
        {
            return null;
        }

        return TryFind(file, path, out Protection? why) ? why : MayBe(file, path) ? Packages.Look(descriptor, file, path, FileDigest.Buffer()) : null;
    }

    public void Replace(ProtectedTable table) => _table = table;
}
