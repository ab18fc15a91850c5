namespace Ringwall.Host.Generations.Store;

/// <summary>What a generation is to its sensor now.</summary>
internal enum GenerationState
{
    /// <summary>Installed after the one in service, and neither promoted nor refused yet.</summary>
    Waiting,

    /// <summary>Its verdicts count.</summary>
    InService,

    /// <summary>In service before, and the one to return to.</summary>
    Fallback,

    /// <summary>Older, and kept while there is room.</summary>
    Kept,

    /// <summary>Failed, or was found wanting; not promoted until a person forgives it.</summary>
    Refused,
}
