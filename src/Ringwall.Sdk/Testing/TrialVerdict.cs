using Ringwall.Contract;

namespace Ringwall.Sdk.Testing;

/// <summary>What a sensor under trial answered.</summary>
/// <param name="Ticket">The ask's ticket.</param>
/// <param name="Verdict">Allow or deny.</param>
/// <param name="Cacheable">Whether the host may remember it.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record TrialVerdict(ulong Ticket, Verdict Verdict, bool Cacheable, string Reason);
