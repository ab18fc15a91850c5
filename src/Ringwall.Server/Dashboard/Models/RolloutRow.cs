namespace Ringwall.Server.Dashboard.Models;

/// <summary>A rollout in a list.</summary>
public sealed record RolloutRow
{
    public required string Id { get; init; }

    public required string Release { get; init; }

    public required string State { get; init; }

    public required Tone Tone { get; init; }

    public bool Urgent { get; init; }

    public required long Exposed { get; init; }

    public required long Enrolled { get; init; }

    public required double Spent { get; init; }

    public required int Budget { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>The last decision in one sentence.</summary>
    public string Headline { get; init; } = "";
}
