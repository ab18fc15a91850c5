namespace Ringwall.Wire.Api;

/// <summary>A time of the week, in UTC.</summary>
/// <param name="Ring">"canary", "early", "broad" or "critical".</param>
/// <param name="Day">0 is Sunday.</param>
/// <param name="From">Minute of that day.</param>
/// <param name="Until">The first minute that is no longer in it, up to 1440.</param>
public sealed record RingWindow(string Ring, int Day, int From, int Until);
