namespace Ringwall.Wire.Status;

/// <summary>What became of the findings that sensors reported.</summary>
/// <param name="Written">How many stand in the findings file.</param>
/// <param name="Dropped">How many were not written, because a sensor reported too many at once or the disk was slow.</param>
/// <param name="Malformed">How many made no sense.</param>
public sealed record FindingFigures(long Written, long Dropped, long Malformed);
