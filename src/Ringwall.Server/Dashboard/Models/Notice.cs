namespace Ringwall.Server.Dashboard.Models;

/// <summary>What became of the last form.</summary>
/// <param name="Says">One sentence.</param>
/// <param name="Tone">Bad when it was refused.</param>
public sealed record Notice(string Says, Tone Tone);
