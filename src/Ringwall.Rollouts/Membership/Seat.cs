namespace Ringwall.Rollouts;

/// <summary>
/// A device's seat in its failure domain (a site, a redundancy group), given once at enrolment and counted within one ring and cell.
/// Seats of one domain are spread evenly over the release's order, so that neighbours never move together.
/// </summary>
/// <param name="Domain">The domain's identity.</param>
/// <param name="Index">This device's seat, 0 to <paramref name="Size"/> − 1.</param>
/// <param name="Size">How many seats the domain has in this ring and cell.</param>
public readonly record struct Seat(ulong Domain, int Index, int Size);
