namespace Ringwall.Wire.Status;

/// <summary>What this machine's kernel gives, and what Ringwall makes of it.</summary>
public sealed record DoctorReport
{
    public required string Kernel { get; init; }

    public required string Version { get; init; }

    /// <summary>Whether the machine can be guarded at all.</summary>
    public required bool CanGuard { get; init; }

    public required IReadOnlyList<FeatureReport> Features { get; init; }
}
