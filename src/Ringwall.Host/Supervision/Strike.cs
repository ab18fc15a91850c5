namespace Ringwall.Host.Supervision;

/// <summary>One counted failure of a sensor.</summary>
/// <param name="Reason">What sort.</param>
/// <param name="Detail">What happened, for people: the signal, the code, the counts.</param>
/// <param name="At">When, for people.</param>
/// <param name="Moment">When, on the clock that never jumps: what windows are measured with.</param>
/// <param name="Generation">Which generation failed.</param>
/// <param name="LastLines">The last lines that it had written by then.</param>
internal sealed record Strike(
    StrikeReason Reason, string Detail, DateTimeOffset At, TimeSpan Moment, long Generation, IReadOnlyList<string> LastLines)
{
    public override string ToString() => $"{Reason}: {Detail}";
}
