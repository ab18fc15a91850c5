namespace Ringwall.Wire.Status;

/// <summary>One thing that was done because a sensor requested it; or what became of taking it back.</summary>
public sealed record ResponseLine
{
    /// <summary>From 1, in the order in which they were done.</summary>
    public required long Id { get; init; }

    /// <summary>"kill", "quarantine", "block" or "isolate".</summary>
    public required string Kind { get; init; }

    public required string Sensor { get; init; }

    public long Generation { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The file's path, the process, or "the network".</summary>
    public required string About { get; init; }

    /// <summary>Why, in the sensor's words.</summary>
    public string? Reason { get; init; }

    /// <summary>"begun" (a crash interrupted it, and nobody knows yet), "done", "failed" (nothing was changed), "returning" (on its way back) or "undone".</summary>
    public required string State { get; init; }

    /// <summary>Of an undo: "undone", "already" (or never done), "would" (it was only asked), "cannot" (a kill) or "failed" (nothing is lost; try again).</summary>
    public string? Result { get; init; }

    /// <summary>Where a file is again, what could not be given back, why it failed.</summary>
    public string? Note { get; init; }

    /// <summary>Of a file.</summary>
    public long? Bytes { get; init; }

    /// <summary>Of a file: SHA-256, hexadecimal.</summary>
    public string? Digest { get; init; }
}
