namespace Ringwall.Rollouts;

/// <summary>
/// The way back: a new version, higher than the bad one, that points to the old content. Never a lower version, which devices rightly refuse as a replay
/// (TUF 1.0.34, section 5.6).
/// </summary>
/// <param name="Version">The new version.</param>
/// <param name="Order">Strata in the order in which they return: most harmed first.</param>
/// <param name="FirstOffer">Devices offered it at once, by stratum.</param>
/// <param name="WithoutFallback">Devices that run the release and whose fallback was never shown to be alive; they need a person or a corrected release.</param>
public sealed record RollbackPlan(long Version, int[] Order, int[] FirstOffer, int WithoutFallback);
