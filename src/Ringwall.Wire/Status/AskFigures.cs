namespace Ringwall.Wire.Status;

/// <summary>What became of the asks of one class. <see cref="Asked"/> is the sum of what follows it, but for those pending now.</summary>
public sealed record AskFigures
{
    /// <summary>"exec" or "open".</summary>
    public required string Class { get; init; }

    /// <summary>How often the kernel asked.</summary>
    public required long Asked { get; init; }

    /// <summary>Answered from a verdict that the host remembered.</summary>
    public long FromCache { get; init; }

    /// <summary>Answered at once because it was out of scope, our own process, or allowed by an operator.</summary>
    public long WithoutSensors { get; init; }

    /// <summary>Allowed by all sensors that were asked.</summary>
    public long Allowed { get; init; }

    /// <summary>Denied, from memory or by a sensor.</summary>
    public long Denied { get; init; }

    /// <summary>Answered by the fallback because a deadline passed or a sensor was away.</summary>
    public long ByFallback { get; init; }

    /// <summary>How often the kernel was told to stop asking about a file until it changes.</summary>
    public long KernelCached { get; init; }

    /// <summary>From reading an ask to answering it, in the host.</summary>
    public LatencyFigures Latency { get; init; } = LatencyFigures.None;
}
