namespace Ringwall.Wire.Probation;

/// <summary>One part of a probation, and what was shown in it.</summary>
public sealed record ProbationPhase
{
    /// <summary>"start", "synthetic", "protected", "journal" or "live".</summary>
    public required string Name { get; init; }

    /// <summary>"waiting", "running", "done", "skipped" or "cut short".</summary>
    public required string State { get; init; }

    public long Milliseconds { get; init; }

    /// <summary>Asks that it was sent.</summary>
    public long Asks { get; init; }

    /// <summary>Those of them that the deadline found unanswered; without those whose file nobody could have read in time.</summary>
    public long Missed { get; init; }

    public long Denied { get; init; }

    /// <summary>Asks whose verdict could be compared with the current generation's.</summary>
    public long Compared { get; init; }

    /// <summary>Tell events.</summary>
    public long Tells { get; init; }

    /// <summary>Asks that it was not sent: it or the pace allowed no more, or the file is another by now.</summary>
    public long PassedOver { get; init; }

    /// <summary>Why it was skipped, or what else there is to say.</summary>
    public string? Note { get; init; }
}
