namespace Ringwall.Sensors.Yara.Sensing;

/// <summary>What the operator may choose.</summary>
internal sealed record YaraSensorSettings
{
    /// <summary>Deny, instead of let through, what could not be scanned before the deadline.</summary>
    public bool DenyUnscanned { get; init; }

    /// <summary>A file longer than this is never scanned.</summary>
    public int LargestFile { get; init; } = 256 << 20;

    /// <summary>How long a scan may take that nobody waits for.</summary>
    public TimeSpan LongestLateScan { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How much of an ask's time a scan may use. What is kept back, a quarter and at least 5 ms, is for the way of the verdict and for
    /// libyara, which looks at its clock only now and then.
    /// </summary>
    public static TimeSpan Budget(TimeSpan left)
    {
        TimeSpan reserve = left / 4;
        return left - (reserve > Reserve ? reserve : Reserve);
    }

    private static TimeSpan Reserve => TimeSpan.FromMilliseconds(5);
}
