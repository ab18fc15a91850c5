namespace Ringwall.Host.Generations.Shadows;

/// <summary>What a running generation has used and done since its start; all counts only grow. Null where the machine does not tell.</summary>
internal readonly record struct GenerationUse
{
    /// <summary>Asks that were sent to it.</summary>
    public long Asked { get; init; }

    /// <summary>Verdicts that came in time.</summary>
    public long Answered { get; init; }

    /// <summary>Asks whose deadline passed without one.</summary>
    public long Missed { get; init; }

    /// <summary>Tell events that were sent to it.</summary>
    public long Told { get; init; }

    /// <summary>Tell events that were lost because it did not take them.</summary>
    public long Lost { get; init; }

    public long Findings { get; init; }

    /// <summary>Of all its processes.</summary>
    public TimeSpan? CpuTime { get; init; }

    /// <summary>Of all its processes, now.</summary>
    public long? MemoryBytes { get; init; }
}
