namespace Ringwall.Rollouts;

/// <summary>Everything that one decision depends on.</summary>
public sealed record RolloutInput
{
    public required ReleaseFacts Release { get; init; }

    public required RolloutPolicy Policy { get; init; }

    public required FleetCounts Fleet { get; init; }

    public required EvidenceLedger Ledger { get; init; }

    /// <summary>Devices that the published exposure lets in, by stratum.</summary>
    public required int[] Exposed { get; init; }

    /// <summary>Devices that have installed the release, by stratum.</summary>
    public required int[] Installed { get; init; }

    /// <summary>Devices whose fallback generation was shown to be alive, by stratum.</summary>
    public required int[] FallbackAlive { get; init; }

    /// <summary>When each stratum's exposure last grew; −1 for never.</summary>
    public required long[] GrownMinute { get; init; }

    public required IReadOnlyList<Change> Changes { get; init; }

    /// <summary>The highest version of the release's stream that any device or repository knows, but for a way back that is prepared already: that takes the one after it.</summary>
    public long HighestVersion { get; init; }

    /// <summary>The release was halted before. A halt is for good, whatever the evidence says afterwards.</summary>
    public bool Halted { get; init; }

    public required long Now { get; init; }
}
