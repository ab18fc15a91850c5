using Ringwall.Wire.Probation;

namespace Ringwall.Wire.Fleet;

/// <summary>What a release went through on this device before it served.</summary>
/// <param name="Report">What was seen.</param>
/// <param name="Path">The release; null for what a person installed by hand.</param>
public sealed record ReleaseProbation(ProbationReport Report, string? Path = null);
