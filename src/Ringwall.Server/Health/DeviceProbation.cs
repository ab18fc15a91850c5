using Ringwall.Wire.Probation;

namespace Ringwall.Server.Health;

/// <summary>A probation that ended on a device.</summary>
/// <param name="Number">The device's number.</param>
/// <param name="At">When the fleet heard of it, Unix milliseconds.</param>
/// <param name="Release">What was tried; null when a person had installed it by hand.</param>
/// <param name="Report">What was seen: the device's own words.</param>
public sealed record DeviceProbation(long Number, long At, string? Release, ProbationReport Report);
