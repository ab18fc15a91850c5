namespace Ringwall.Server.Health;

/// <summary>Where a transaction stands in the order of all.</summary>
/// <param name="Change">Its number.</param>
/// <param name="At">Its moment, Unix milliseconds.</param>
/// <param name="Before">The moment of the one before; 0 for none.</param>
/// <param name="Releases">How many releases are watched.</param>
internal readonly record struct FleetMoment(long Change, long At, long Before, long Releases);
