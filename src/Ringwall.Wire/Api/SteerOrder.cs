namespace Ringwall.Wire.Api;

/// <summary>Pause, resume, halt or approve.</summary>
/// <param name="Why">In the person's words; kept in the audit.</param>
public sealed record SteerOrder(string Why = "");
