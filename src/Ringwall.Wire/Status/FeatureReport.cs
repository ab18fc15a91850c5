namespace Ringwall.Wire.Status;

/// <summary>One feature, tried for real.</summary>
public sealed record FeatureReport
{
    /// <summary>What it is called, for scripts.</summary>
    public required string Name { get; init; }

    /// <summary>What it is good for here.</summary>
    public required string For { get; init; }

    /// <summary>"yes", "no" or "unknown" (it could not be tried, for want of a right).</summary>
    public required string Available { get; init; }

    /// <summary>Whether nothing works without it.</summary>
    public bool Needed { get; init; }

    /// <summary>What was seen: the kernel's answer, a version.</summary>
    public string Seen { get; init; } = "";

    /// <summary>What is used in its place when it is not there.</summary>
    public string? Instead { get; init; }

    /// <summary>What would bring it.</summary>
    public string? Remedy { get; init; }
}
