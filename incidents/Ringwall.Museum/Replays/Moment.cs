namespace Ringwall.Museum.Replays;

/// <summary>Something that happened in a replay.</summary>
/// <param name="AtNs">CLOCK_MONOTONIC.</param>
/// <param name="Kind">What sort.</param>
/// <param name="Text">In words, for the picture.</param>
internal sealed record Moment(long AtNs, MomentKind Kind, string Text);

internal enum MomentKind
{
    /// <summary>The faulty thing has arrived.</summary>
    Arrival,

    /// <summary>It is in service.</summary>
    InService,

    Cue,

    /// <summary>Probation, or a check before it, refused.</summary>
    Refused,

    /// <summary>Ringwall noticed: a strike, a budget, a limit.</summary>
    Strike,

    /// <summary>The previous generation is in service again.</summary>
    FellBack,

    Undone,

    /// <summary>Something that the replay itself did.</summary>
    Note,
}
