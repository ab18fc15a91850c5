namespace Ringwall.Wire.Status;

/// <summary>One sensor as its supervision sees it.</summary>
public sealed record SensorStatus
{
    public required string Name { get; init; }

    public string Vendor { get; init; } = "";

    /// <summary>"running", "starting", "waiting" (to be restarted), "stopped" (by an operator) or "quarantined".</summary>
    public required string State { get; init; }

    /// <summary>Which installed pair of engine and content runs; grows by one with each.</summary>
    public int Generation { get; init; }

    /// <summary>Other generations of it that run.</summary>
    public IReadOnlyList<GenerationBeside> Beside { get; init; } = [];

    public string Engine { get; init; } = "";

    public string Content { get; init; } = "";

    public int Pid { get; init; }

    /// <summary>Since when it is in this state.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>What it is asked about: "exec", "open".</summary>
    public IReadOnlyList<string> Asks { get; init; } = [];

    /// <summary>What it is told about: "process", "file", "network".</summary>
    public IReadOnlyList<string> Tells { get; init; } = [];

    public long Asked { get; init; }

    public long Answered { get; init; }

    public long Denied { get; init; }

    /// <summary>Of those, denials that were recorded and not applied.</summary>
    public long NotApplied { get; init; }

    /// <summary>Why all denials of this generation are advice; null while they count.</summary>
    public string? AdviceOnly { get; init; }

    /// <summary>What it has denied of late, as far as it is bounded.</summary>
    public BudgetFigures? Budget { get; init; }

    /// <summary>What was done because it requested it, by this generation since the host's start.</summary>
    public long Responses { get; init; }

    /// <summary>What it requested and was not done.</summary>
    public long ResponsesRefused { get; init; }

    /// <summary>Deadlines that passed without its verdict.</summary>
    public long Missed { get; init; }

    /// <summary>Messages that made no sense, or answered nothing that was asked.</summary>
    public long Malformed { get; init; }

    /// <summary>Tell events that it was sent.</summary>
    public long Told { get; init; }

    /// <summary>Tell events that it lost by not reading them; an exact count.</summary>
    public long Lost { get; init; }

    /// <summary>From asking it to its verdict.</summary>
    public LatencyFigures Latency { get; init; } = LatencyFigures.None;

    public int Strikes { get; init; }

    /// <summary>So many strikes in the window put it into quarantine.</summary>
    public int StrikesAllowed { get; init; }

    /// <summary>What the last strike was for, and when.</summary>
    public string? LastStrike { get; init; }

    /// <summary>Which of its bounds this machine cannot hold it to, and why.</summary>
    public IReadOnlyList<string> Shortfalls { get; init; } = [];

    public double? MemoryMb { get; init; }

    /// <summary>What it says of its own state, as "34 rules, 2 refused".</summary>
    public string? Note { get; init; }

    /// <summary>The last lines that it wrote to its error output.</summary>
    public IReadOnlyList<string> LastLines { get; init; } = [];
}
