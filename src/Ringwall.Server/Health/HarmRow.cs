namespace Ringwall.Server.Health;

/// <summary>A device showed a measure; how often in one group of reports does not matter.</summary>
internal sealed record HarmRow(int Number, int Measure, long At, string? Release, string Detail);
