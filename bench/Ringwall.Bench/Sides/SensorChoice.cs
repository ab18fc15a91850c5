namespace Ringwall.Bench.Sides;

/// <summary>A sensor that runs in a side: the bench's own, or one of the shipped ones.</summary>
internal sealed record SensorChoice
{
    /// <summary>"bench", "yara" or "sigma".</summary>
    public string Program { get; init; } = "bench";

    /// <summary>Judges asks.</summary>
    public bool Asks { get; init; }

    /// <summary>Hears tells, and reports its counts when it is told of the start of a program called storm-report.</summary>
    public bool Tells { get; init; }

    /// <summary>Its allows may be remembered.</summary>
    public bool Cacheable { get; init; }

    /// <summary>It takes the file's descriptor and reads 4 KiB.</summary>
    public bool Reads { get; init; }
}
