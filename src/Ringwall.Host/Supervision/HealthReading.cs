namespace Ringwall.Host.Supervision;

/// <summary>What a sensor's counters say at one moment. All counts run from its start and never go back.</summary>
internal readonly record struct HealthReading
{
    /// <summary>Since its start.</summary>
    public TimeSpan At { get; init; }

    public long Asked { get; init; }

    public long Missed { get; init; }

    public long NotExpected { get; init; }

    public long Malformed { get; init; }

    /// <summary>Findings and answers that found no room in its inbox.</summary>
    public long Dropped { get; init; }

    /// <summary>Findings that it reported and that made sense, written or not.</summary>
    public long Findings { get; init; }

    public long Told { get; init; }

    /// <summary>Lost on the way to it, and in its own queue as far as it says so.</summary>
    public long Lost { get; init; }

    /// <summary>Bytes that were read of what it wrote to standard output and error.</summary>
    public long Output { get; init; }

    public long MemoryKills { get; init; }

    public TimeSpan CpuTime { get; init; }
}
