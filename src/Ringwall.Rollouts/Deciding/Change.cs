namespace Ringwall.Rollouts;

/// <summary>Something else that changed meanwhile: an operating system update, another release, an outage of our own servers.</summary>
/// <param name="Name">As people say it.</param>
/// <param name="StartedMinute">When it began to reach devices.</param>
/// <param name="Cells">The cells that it reaches; empty means all.</param>
public sealed record Change(string Name, long StartedMinute, int[] Cells);
