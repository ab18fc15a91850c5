namespace Ringwall.Server.Health;

/// <summary>What health has to know of one rollout to say how the fleet takes it. A stratum's number is ring × cells + cell, as in <see cref="Ringwall.Rollouts.FleetCounts"/>.</summary>
public sealed record RolloutSeen
{
    /// <summary>The release: VENDOR/SENSOR/STREAM-NUMBER.tar.gz.</summary>
    public required string Release { get; init; }

    /// <summary>The bytes that the operator's order spells in hexadecimal.</summary>
    public required byte[] Salt { get; init; }

    /// <summary>Unix milliseconds, as <see cref="FleetView.RegisterAsync"/> was told.</summary>
    public required long StartedAt { get; init; }

    /// <summary>The cells as they were when the rollout began, in the order that gives strata their numbers. Devices of later cells are in no stratum.</summary>
    public required IReadOnlyList<string> Cells { get; init; }

    /// <summary>Every exposure that was published, oldest first. Steps are added at the end and never change.</summary>
    public required IReadOnlyList<ExposureStep> Steps { get; init; }
}
