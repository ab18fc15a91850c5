using Ringwall.Bench.Running;

namespace Ringwall.Bench.Sides;

/// <summary>A way to guard the field.</summary>
/// <param name="Name">The case's name.</param>
/// <param name="Start">Starts it on one CPU, or on all, and returns when it guards.</param>
internal sealed record SideKind(string Name, Func<int?, ISide> Start)
{
    /// <summary>The files that are asked about are writable by everybody.</summary>
    public bool WritableFiles { get; init; }

    /// <summary>So many times slower than the others that fewer operations suffice.</summary>
    public int Slower { get; init; } = 1;

    /// <summary>A program that it needs; null when it needs none that could be missing.</summary>
    public string? Needs { get; init; }

    public string? WhyMissing => Needs is null || Tool.Exists(Needs) ? null : $"{Name} was not measured: {Needs} is not installed";
}
