namespace Ringwall.Wire.Door;

/// <summary>One line from the host. Exactly one field is set.</summary>
public sealed record DoorReply
{
    public DoorMachine? Machine { get; init; }

    /// <summary>What became of a refresh, in the order of the paths.</summary>
    public IReadOnlyList<DoorRelease>? Releases { get; init; }

    public DoorFacts? Facts { get; init; }

    /// <summary>What was done, in a sentence.</summary>
    public string? Said { get; init; }

    public ErrorReport? Error { get; init; }
}
