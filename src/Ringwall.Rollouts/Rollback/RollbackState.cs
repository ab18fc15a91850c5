namespace Ringwall.Rollouts;

/// <summary>How far a rollback is, by stratum.</summary>
public sealed record RollbackState
{
    /// <summary>Devices that installed the bad release.</summary>
    public required int[] Installed { get; init; }

    /// <summary>Of them, devices that showed a harm.</summary>
    public required int[] Harmed { get; init; }

    /// <summary>Of the installed, devices whose fallback was shown to be alive: only they are ever offered the rollback.</summary>
    public required int[] FallbackAlive { get; init; }

    public required int[] Offered { get; init; }

    /// <summary>Devices that returned and reported good health.</summary>
    public required int[] Returned { get; init; }

    /// <summary>Devices that were well before the rollback and harmed by it.</summary>
    public required int[] HarmedByReturn { get; init; }

    /// <summary>How many of <see cref="HarmedByReturn"/> would have been harmed without returning, at the rate of devices that did not.</summary>
    public double ExpectedByReturn { get; init; }
}
