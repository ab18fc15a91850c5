namespace Ringwall.Wire.Api;

/// <summary>One ring in one cell.</summary>
/// <param name="Ring">"canary", "early", "broad" or "critical".</param>
/// <param name="Cell">Devices that are alike.</param>
/// <param name="Enrolled">Devices there.</param>
/// <param name="Reachable">Those that reported lately.</param>
/// <param name="Exposed">Those that may install the release.</param>
/// <param name="Installed">Those that did.</param>
/// <param name="Matured">Those that ran it through their soak and are well.</param>
/// <param name="Harmed">Those that showed a harm with it.</param>
/// <param name="Share">The published exposure, 0 to 1.</param>
public sealed record StratumLine(string Ring, string Cell, int Enrolled, int Reachable, int Exposed, int Installed, int Matured, int Harmed, double Share);
