namespace Ringwall.Wire.Api;

/// <summary>A rollout at one time.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What was decided: "grow", "wait", "inconclusive", "pause", "halt" or "held".</param>
/// <param name="Exposed">Devices that may install.</param>
/// <param name="Installed">Devices that did.</param>
/// <param name="Matured">Devices that are well after their soak.</param>
/// <param name="Harmed">Devices that showed a harm with it.</param>
/// <param name="Spent">Of the harm budget.</param>
/// <param name="Evidence">That it harms.</param>
public sealed record RolloutPoint(DateTimeOffset At, string Kind, long Exposed, long Installed, long Matured, long Harmed, double Spent, double Evidence);
