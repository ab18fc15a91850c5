using Ringwall.Kernel.Files;

namespace Ringwall.Host.Generations.Probation;

/// <summary>The protected set, as probation asks about it. Any thread.</summary>
internal interface IProtectedFiles
{
    /// <summary>Paths of single files that are protected.</summary>
    public IEnumerable<string> Paths { get; }

    /// <summary>Why no sensor may deny this file; null when any may.</summary>
    public string? Why(in FileState file, ReadOnlySpan<byte> path);
}
