namespace Ringwall.Wire.Status;

/// <summary>One tell event as a follower reads it. Paths and arguments that are not UTF-8 have their odd bytes replaced.</summary>
public sealed record EventLine
{
    public required DateTimeOffset Time { get; init; }

    /// <summary>One of <see cref="EventKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Counts the events of its source, so a gap is a loss.</summary>
    public long Sequence { get; init; }

    /// <summary>Who did it.</summary>
    public ProcessLine? Actor { get; init; }

    /// <summary>The new process, for forks.</summary>
    public int? Child { get; init; }

    /// <summary>The file, for file events.</summary>
    public string? Path { get; init; }

    /// <summary>Where a file was renamed to.</summary>
    public string? NewPath { get; init; }

    /// <summary>The peer of a connection, "127.0.0.1" or "::1".</summary>
    public string? Address { get; init; }

    public int? Port { get; init; }

    /// <summary>The exit code of a process, or 128 plus the signal that ended it.</summary>
    public int? ExitCode { get; init; }

    /// <summary>For losses: whose, and how many.</summary>
    public string? Source { get; init; }

    public long? Lost { get; init; }

    /// <summary>Whether <see cref="Lost"/> is a count or a lower bound.</summary>
    public bool? Exact { get; init; }
}
