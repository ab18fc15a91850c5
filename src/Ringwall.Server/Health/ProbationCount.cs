namespace Ringwall.Server.Health;

/// <summary>How a release's probations ended.</summary>
/// <param name="Release">Its path.</param>
/// <param name="Passed">On so many devices it passed.</param>
/// <param name="Refused">On so many it was refused, or too little was seen.</param>
/// <param name="First">When the fleet heard of the first, Unix milliseconds.</param>
/// <param name="Last">And of the last.</param>
public sealed record ProbationCount(string Release, long Passed, long Refused, long First, long Last);
