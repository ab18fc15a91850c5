namespace Ringwall.Server.Health;

/// <summary>Where a transaction stands in the order of all.</summary>
/// <param name="Change">Its number.</param>
/// <param name="At">Its moment, Unix milliseconds.</param>
/// <param name="Before">The moment of the one before; 0 for none.</param>
/// <param name="Releases">How many releases are watched.</param>
/// <param name="Outages">How many outages were written down, this transaction's included.</param>
internal readonly record struct FleetMoment(long Change, long At, long Before, long Releases, long Outages);
