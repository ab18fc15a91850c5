namespace Ringwall.Wire.Api;

/// <summary>One decision about a rollout. GET …/decisions/NUMBER has its whole input, from which anybody can decide again.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="At">When.</param>
/// <param name="Minute">The rollout minute that it is for.</param>
/// <param name="Kind">As <see cref="RolloutPoint.Kind"/>.</param>
/// <param name="Reasons">Names of the reasons, as the rules have them.</param>
/// <param name="Words">The same for people.</param>
/// <param name="Exposed">Devices that may install after it.</param>
/// <param name="Evidence">That it harms.</param>
/// <param name="Spent">Of the harm budget.</param>
public sealed record DecisionLine(long Number, DateTimeOffset At, long Minute, string Kind, IReadOnlyList<string> Reasons, string Words, long Exposed, double Evidence, double Spent);
