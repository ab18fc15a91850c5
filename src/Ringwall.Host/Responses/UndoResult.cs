namespace Ringwall.Host.Responses;

/// <summary>What became of taking one act back.</summary>
internal enum UndoResult
{
    /// <summary>It is as it was before.</summary>
    Undone,

    /// <summary>It had been taken back before.</summary>
    Already,

    /// <summary>It would be taken back.</summary>
    Would,

    /// <summary>Such a thing cannot be taken back.</summary>
    Cannot,

    /// <summary>It could not be taken back now; nothing is lost.</summary>
    Failed,
}

/// <summary>One act, and what became of taking it back.</summary>
internal sealed record UndoneAct(Act Act, UndoResult Result, string Note);
