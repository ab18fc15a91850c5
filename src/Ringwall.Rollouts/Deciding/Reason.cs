namespace Ringwall.Rollouts;

/// <summary>One reason with its numbers; which numbers depends on the code.</summary>
/// <param name="Code">What kind of reason.</param>
/// <param name="Stratum">Where, or −1 for the whole release. For <see cref="ReasonCode.NoCanaryInCell"/> it is the stratum that stays closed.</param>
/// <param name="Have">What there is.</param>
/// <param name="Need">What there would have to be.</param>
public readonly record struct Reason(ReasonCode Code, int Stratum, double Have, double Need);
