namespace Ringwall.Host.Generations.Succession;

/// <summary>A sensor fell back.</summary>
/// <param name="Sensor">Its name.</param>
/// <param name="Failed">From which generation.</param>
/// <param name="Back">To which.</param>
/// <param name="Cause">What for.</param>
/// <param name="Why">The same for people.</param>
internal sealed record FallbackEvent(string Sensor, long Failed, long Back, FallbackCause Cause, string Why);
