namespace Ringwall.Host.Configuration;

/// <summary>How generations are kept, tried and exchanged.</summary>
internal sealed record GenerationRules
{
    /// <summary>How many of a sensor's generations are kept, those in use among them.</summary>
    public int KeepCount { get; init; } = 5;

    /// <summary>How much a sensor's generations may take of the disk together, in mebibytes, before older ones go.</summary>
    public int KeepMb { get; init; } = 4096;

    /// <summary>How long the generation before stays running beside the one that was promoted, ready to come back.</summary>
    public int FallbackSeconds { get; init; } = 1800;

    /// <summary>One that passes its probation is promoted without a person's word.</summary>
    public bool PromoteByItself { get; init; } = true;

    /// <summary>What a new one has to show before.</summary>
    public ProbationBounds Probation { get; init; } = new();

    /// <summary>When what a generation did is taken back because it fell back.</summary>
    public UndoOnFallback Undo { get; init; } = UndoOnFallback.Budget;
}
