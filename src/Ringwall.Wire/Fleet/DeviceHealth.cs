namespace Ringwall.Wire.Fleet;

/// <summary>The host's counters since it started, and its use of the machine now.</summary>
public sealed record DeviceHealth
{
    public long Asks { get; init; }

    public long Denied { get; init; }

    /// <summary>Denials that the protected set or a budget held back.</summary>
    public long HeldDenials { get; init; }

    public long FallbackVerdicts { get; init; }

    public long Strikes { get; init; }

    public long Quarantines { get; init; }

    /// <summary>Acts of sensors that were undone.</summary>
    public long Undone { get; init; }

    /// <summary>Thousandths of one processor that host and sensors used.</summary>
    public int CpuPermille { get; init; }

    public int MemoryMiB { get; init; }

    /// <summary>The 99th percentile of the time to answer, in microseconds.</summary>
    public long AskP99Us { get; init; }
}
