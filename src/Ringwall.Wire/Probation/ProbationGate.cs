namespace Ringwall.Wire.Probation;

/// <summary>One condition for promotion, with its numbers.</summary>
public sealed record ProbationGate
{
    /// <summary>Its name, for scripts.</summary>
    public required string Name { get; init; }

    /// <summary>One of <see cref="GateState"/>.</summary>
    public required string State { get; init; }

    /// <summary>What was seen; null when nothing was.</summary>
    public long? Value { get; init; }

    /// <summary>Up to this, or from this on where <see cref="State"/> can be waiting, the gate holds.</summary>
    public long? Bound { get; init; }

    /// <summary>Of both: "ms", "µs", "MiB", or what is counted.</summary>
    public string Unit { get; set; } = "";

    /// <summary>The same in words.</summary>
    public required string Says { get; init; }
}
