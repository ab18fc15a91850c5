namespace Ringwall.Server.Rollouts;

/// <summary>How far a rollout had come at one time.</summary>
/// <param name="At">From when on.</param>
/// <param name="Shares">The part of each ring that may install, 0 to 1, canary first.</param>
public sealed record RingExposure(DateTimeOffset At, IReadOnlyList<double> Shares);
