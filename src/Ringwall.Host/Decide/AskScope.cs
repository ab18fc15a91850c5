using Ringwall.Kernel.Handover;

namespace Ringwall.Host.Decide;

/// <summary>Which opens are asked about. Executions are asked about wherever they are.</summary>
internal sealed class AskScope(IReadOnlyList<string> guarded)
{
    /// <summary>Guarded paths as bytes, without a slash at the end.</summary>
    public IReadOnlyList<byte[]> Guarded { get; } = [.. guarded.Select(path => System.Text.Encoding.UTF8.GetBytes(path.TrimEnd('/')))];

    /// <summary>Whether this path is a guarded one or lies below one.</summary>
    public bool Covers(ReadOnlySpan<byte> path) => StandInPolicy.Covers(Guarded, path);
}
