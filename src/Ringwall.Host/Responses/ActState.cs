namespace Ringwall.Host.Responses;

/// <summary>How far an act is. The journal says so; after a crash it may have come one step further than the journal says.</summary>
internal enum ActState
{
    /// <summary>Written down; perhaps done.</summary>
    Begun,

    /// <summary>Done, and to be undone.</summary>
    Done,

    /// <summary>Nothing was changed.</summary>
    Failed,

    /// <summary>A restored file is about to get its name; perhaps it has.</summary>
    Returning,

    /// <summary>Taken back.</summary>
    Undone,
}
