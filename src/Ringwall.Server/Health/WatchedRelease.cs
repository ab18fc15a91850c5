namespace Ringwall.Server.Health;

/// <summary>A release whose way through the fleet is watched.</summary>
/// <param name="Number">Small, for rows and marks.</param>
/// <param name="Path">As both repositories call it.</param>
/// <param name="Soak">Minutes of a rollout that it must run, in service and awake, before good health counts.</param>
/// <param name="At">Since when it is watched: the start of its rollout.</param>
internal sealed record WatchedRelease(int Number, string Path, long Soak, long At);
