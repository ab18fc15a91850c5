namespace Ringwall.Wire.Status;

/// <summary>What one sensor says about a file.</summary>
public sealed record SensorOpinion
{
    public required string Sensor { get; init; }

    /// <summary>"allow", "deny", "no answer", "not asked" or "away".</summary>
    public required string Verdict { get; init; }

    public string? Reason { get; init; }

    /// <summary>Whether it lets the verdict be remembered until the file changes.</summary>
    public bool Cacheable { get; init; }

    public double Microseconds { get; init; }
}
