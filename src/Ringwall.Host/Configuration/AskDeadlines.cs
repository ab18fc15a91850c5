namespace Ringwall.Host.Configuration;

/// <summary>Until when a sensor's verdict counts, from the moment that the host read the ask.</summary>
internal sealed record AskDeadlines
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    public TimeSpan Exec { get; init; } = TimeSpan.FromMilliseconds(250);

    public TimeSpan Open { get; init; } = TimeSpan.FromMilliseconds(100);
}
