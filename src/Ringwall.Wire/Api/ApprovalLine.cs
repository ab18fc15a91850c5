namespace Ringwall.Wire.Api;

/// <summary>Somebody's yes.</summary>
/// <param name="By">The account's name.</param>
/// <param name="At">When.</param>
public sealed record ApprovalLine(string By, DateTimeOffset At);
