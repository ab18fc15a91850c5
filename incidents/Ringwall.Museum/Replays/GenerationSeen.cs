namespace Ringwall.Museum.Replays;

/// <summary>One generation of the sensor in question, as the host lists it.</summary>
/// <param name="Number">0 is what the configuration names.</param>
/// <param name="State">"waiting", "in service", "fallback", "kept" or "refused".</param>
/// <param name="Why">Why it is refused.</param>
internal sealed record GenerationSeen(long Number, string State, string? Why);
