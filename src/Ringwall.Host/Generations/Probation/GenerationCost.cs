namespace Ringwall.Host.Generations.Probation;

/// <summary>What a generation cost over a span of live events.</summary>
internal sealed record GenerationCost
{
    /// <summary>Asks and tells that reached it.</summary>
    public long Events { get; init; }

    /// <summary>Asks in that span, and those whose deadline passed without a verdict.</summary>
    public long Asked { get; init; }

    public long Missed { get; init; }

    /// <summary>Processor time in that span; null where the machine does not tell.</summary>
    public TimeSpan? CpuTime { get; init; }

    /// <summary>The most that was seen.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Findings in that span.</summary>
    public long Findings { get; init; }

    /// <summary>Verdicts whose time is known, and within which time half and 99 of 100 of them came, in nanoseconds.</summary>
    public long Verdicts { get; init; }

    public long HalfNs { get; init; }

    public long MostNs { get; init; }
}
