namespace Ringwall.Server.Enrolment;

/// <summary>What an operator asks for: POST /api/v1/join-tokens.</summary>
/// <param name="Ring">"canary", "early", "broad" or "critical".</param>
/// <param name="Site">The site or redundancy group of whoever joins with it; null for none.</param>
/// <param name="Uses">1 to 1,000,000.</param>
/// <param name="Hours">How long it holds: 1 to 8760.</param>
public sealed record JoinTokenWish(string Ring, string? Site = null, long Uses = 1, int Hours = 24);
