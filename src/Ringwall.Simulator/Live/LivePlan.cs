namespace Ringwall.Simulator;

/// <summary>Which devices to add to which server.</summary>
/// <param name="Devices">How many.</param>
/// <param name="Release">One of <see cref="ReleaseKind.Names"/>.</param>
/// <param name="Server">Where.</param>
/// <param name="Token">An operator's API token, or a join token.</param>
/// <param name="Seed">Decides which devices a bad release harms, and when.</param>
/// <param name="Minutes">When to end, by the clock; 0 for never.</param>
internal sealed record LivePlan(int Devices, string Release, string Server, string Token, ulong Seed, double Minutes);
