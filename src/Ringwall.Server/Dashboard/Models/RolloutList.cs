namespace Ringwall.Server.Dashboard.Models;

/// <summary>All rollouts, the newest first, and what could be let out next.</summary>
public sealed record RolloutList
{
    public required IReadOnlyList<RolloutRow> Rows { get; init; }

    /// <summary>Published releases that no rollout has let out.</summary>
    public required IReadOnlyList<string> Startable { get; init; }

    public bool MayStart { get; init; }
}
