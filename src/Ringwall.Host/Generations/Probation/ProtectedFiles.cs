using Ringwall.Host.Decide.Guardrails;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Generations.Probation;

/// <summary>The host's protected set.</summary>
internal sealed class ProtectedFiles(ProtectedSet set) : IProtectedFiles
{
    public IEnumerable<string> Paths => set.Table.Paths;

    public string? Why(in FileState file, ReadOnlySpan<byte> path) => set.TryFind(file, path, out Protection? protection) ? protection.Why : null;
}
