namespace Ringwall.Host.Generations.Succession;

/// <summary>What a running generation is to its sensor.</summary>
internal enum Standing
{
    /// <summary>Its verdicts count.</summary>
    InService,

    /// <summary>It was in service before, sees the same, and stands ready to be so again.</summary>
    Fallback,

    /// <summary>It sees the same and is watched; what it says counts only if it passes.</summary>
    OnTrial,

    /// <summary>It is being ended.</summary>
    Leaving,
}
