using System.Diagnostics.CodeAnalysis;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Decide.Guardrails;

// Owns:     the table that counts now.
// Threads:  Replace by one thread; everything else by any, without a lock and without allocating.

/// <summary>The files that no sensor may deny.</summary>
internal sealed class ProtectedSet
{
    private volatile ProtectedTable _table = ProtectedTable.Empty;

    public ProtectedTable Table => _table;

    /// <summary>Whether a sensor's denial of this file is advisory.</summary>
    /// <param name="file">The file as it is now.</param>
    /// <param name="path">As the kernel names it; empty when it has none.</param>
    /// <param name="why">Why it is protected.</param>
    public bool TryFind(in FileState file, ReadOnlySpan<byte> path, [NotNullWhen(true)] out Protection? why) => _table.TryFind(file, path, out why);

    public void Replace(ProtectedTable table) => _table = table;
}
