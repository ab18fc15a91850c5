namespace Ringwall.Host.Configuration;

/// <summary>How generations are kept, tried and exchanged.</summary>
internal sealed record GenerationRules
{
    /// <summary>How many of a sensor's generations are kept, those in use among them.</summary>
    public int KeepCount { get; init; } = 5;

    /// <summary>How much a sensor's generations may take of the disk together, in mebibytes, before older ones go.</summary>
    public int KeepMb { get; init; } = 4096;
}
