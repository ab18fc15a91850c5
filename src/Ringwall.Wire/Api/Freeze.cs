namespace Ringwall.Wire.Api;

/// <summary>A time in which nobody installs.</summary>
/// <param name="From">Its beginning.</param>
/// <param name="Until">Its end.</param>
/// <param name="Why">For people.</param>
public sealed record Freeze(DateTimeOffset From, DateTimeOffset Until, string Why = "");
