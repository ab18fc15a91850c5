using Ringwall.Contract;

namespace Ringwall.Host.Generations.Probation.Synthetic;

/// <summary>An ask that nobody waits for.</summary>
/// <param name="Says">What is special about it, for whoever wants to repeat it.</param>
/// <param name="Class">Of the ask.</param>
/// <param name="File">The file that comes with it: harmless.</param>
/// <param name="Message">The whole message for a ticket and a deadline (CLOCK_MONOTONIC, nanoseconds).</param>
internal sealed record SyntheticAsk(string Says, EventClass Class, FileKind File, Func<ulong, ulong, byte[]> Message)
{
    /// <summary>Nobody can be blamed for not having read this file in time.</summary>
    public bool MayBeLate => File == FileKind.Sparse;
}
