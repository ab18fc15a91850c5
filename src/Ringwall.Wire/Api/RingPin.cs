namespace Ringwall.Wire.Api;

/// <summary>A ring that stays behind in one stream.</summary>
/// <param name="Ring">"canary", "early", "broad" or "critical".</param>
/// <param name="Stream">"engine" or "content".</param>
/// <param name="Behind">1 stays at the release before the newest, 2 at the one before that.</param>
public sealed record RingPin(string Ring, string Stream, int Behind);
