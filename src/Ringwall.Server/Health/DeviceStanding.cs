using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Health;

/// <summary>How one device stands, for lists.</summary>
/// <param name="Number">The device's number.</param>
/// <param name="At">When it was last heard, Unix milliseconds.</param>
/// <param name="IsAway">It said that it would be silent.</param>
/// <param name="IsDark">It is silent for three intervals and did not say so.</param>
/// <param name="Releases">The releases that it spoke of last.</param>
public sealed record DeviceStanding(long Number, long At, bool IsAway, bool IsDark, IReadOnlyList<ReleaseReport> Releases);
