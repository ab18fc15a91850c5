namespace Ringwall.Wire.Api;

/// <summary>Something changed that a page may show; the page asks again for what it shows.</summary>
/// <param name="Kind">"rollout", "release", "vendor", "device" or "policy".</param>
/// <param name="About">The rollout's id, the release's path, the vendor's name, the device's id; empty for the policy.</param>
public sealed record FleetChange(string Kind, string About);
