namespace Ringwall.Host.Generations.Succession;

/// <summary>How a generation's trial ended.</summary>
/// <param name="Passed">Whether it may be promoted.</param>
/// <param name="Why">The reason, for people.</param>
internal sealed record TrialOutcome(bool Passed, string Why);
