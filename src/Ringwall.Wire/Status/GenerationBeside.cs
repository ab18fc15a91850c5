namespace Ringwall.Wire.Status;

/// <summary>A generation that runs beside the one in service: it sees the same, and its verdicts do not count.</summary>
public sealed record GenerationBeside
{
    public required long Generation { get; init; }

    /// <summary>"fallback" (in service before, ready to be so again), "probation" (new, being tried) or "leaving" (being ended).</summary>
    public required string Standing { get; init; }

    /// <summary>As <see cref="SensorStatus.State"/>.</summary>
    public required string State { get; init; }

    public string Engine { get; init; } = "";

    public string Content { get; init; } = "";

    public int Pid { get; init; }

    public DateTimeOffset Since { get; init; }

    /// <summary>Asks that it was shown.</summary>
    public long Asked { get; init; }

    /// <summary>How many of them it would have denied.</summary>
    public long Denied { get; init; }
}
