namespace Ringwall.Server.Audit;

/// <param name="Verified">Every record is what its hash says, and the chain ends where it should.</param>
/// <param name="Records">How many were looked at.</param>
/// <param name="Hash">The last hash that was computed.</param>
/// <param name="BrokenAt">The first number at which something was changed, removed or put in; null when nothing was.</param>
public sealed record AuditVerification(bool Verified, long Records, string Hash, long? BrokenAt);
