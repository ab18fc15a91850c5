namespace Ringwall.Host.Fleet;

/// <summary>Where this device stands in one release, as it worked out when it first saw it.</summary>
/// <param name="Ring">As it was then.</param>
/// <param name="Cell">As it was then.</param>
/// <param name="Position">0 up to, and without, 1; a late joiner's already moved behind what was exposed.</param>
internal sealed record KeptStanding(string Ring, string Cell, double Position);
