using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>One release let loose on one fleet.</summary>
internal sealed record RunPlan
{
    public required string Name { get; init; }

    public required FleetShape Shape { get; init; }

    public required Fault Fault { get; init; }

    public bool Urgent { get; init; }

    public ulong Seed { get; init; } = 1;

    public int Minutes { get; init; } = 48 * 60;

    public Measure[] Measures { get; init; } = MeasureSet.Forty;

    public Disturbance[] Disturbances { get; init; } = [];

    /// <summary>How long people took to stop the release once they knew; used where a strategy has no stop of its own.</summary>
    public int PeopleMinutes { get; init; } = 78;

    /// <summary>Ends the run when the rollout has been over for this long; 0 runs to the end.</summary>
    public int StopAfter { get; init; }

    public RolloutPolicy Policy { get; init; } = new();
}
