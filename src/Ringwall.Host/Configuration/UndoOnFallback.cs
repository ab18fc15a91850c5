namespace Ringwall.Host.Configuration;

/// <summary>Whether the kills, quarantines, blocks and isolations of a generation that fell back are taken back without a person's word.</summary>
internal enum UndoOnFallback
{
    /// <summary>When it fell back because a budget was spent: then it did too much, and what it did is doubtful.</summary>
    Budget,

    /// <summary>Whatever it fell back for.</summary>
    Always,

    /// <summary>It is only offered.</summary>
    Never,
}
