namespace Ringwall.Rollouts;

/// <summary>What the rules must know of one release.</summary>
/// <param name="Name">As people say it.</param>
/// <param name="Stream">Engine, content and so on.</param>
/// <param name="Version">Its number; a rollback has a higher one than what it replaces.</param>
/// <param name="Behind">How many newer finished releases of the same stream exist: 0 is the newest (N), 1 is N−1.</param>
/// <param name="Urgent">Soaks shorter; same order, same budget, two approvals.</param>
/// <param name="Approvals">Who approved it. The same person twice is one approval.</param>
/// <param name="StartedMinute">When the rollout began.</param>
public sealed record ReleaseFacts(
    string Name, ReleaseStream Stream, long Version, int Behind, bool Urgent, string[] Approvals, long StartedMinute)
{
    /// <summary>By ring: a newer release of the stream that the ring may take has begun. Nobody more is let in to this one there; it is judged all the same. Null: nowhere.</summary>
    public bool[]? Overtaken { get; init; }

    internal bool IsOvertakenIn(Ring ring) => Overtaken is { } rings && rings[(int)ring];
}
