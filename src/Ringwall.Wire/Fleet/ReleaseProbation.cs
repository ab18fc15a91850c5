using Ringwall.Wire.Probation;

namespace Ringwall.Wire.Fleet;

/// <summary>What a release went through on this device before it served.</summary>
/// <param name="Path">The release; null for what a person installed by hand.</param>
/// <param name="Report">What was seen.</param>
public sealed record ReleaseProbation(string? Path, ProbationReport Report);
