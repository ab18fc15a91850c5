namespace Ringwall.Wire.Status;

/// <summary>A process, with those that it descends from.</summary>
public sealed record ProcessLine
{
    public required int Pid { get; init; }

    /// <summary>When it started, in nanoseconds since boot: with the pid it names one process for good.</summary>
    public long Started { get; init; }

    public int Uid { get; init; }

    public string Executable { get; init; } = "";

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public string? WorkingDirectory { get; init; }

    /// <summary>Its parent, its parent's parent, and so on, as far as the host knows them.</summary>
    public IReadOnlyList<ProcessLine> Parents { get; init; } = [];
}
