namespace Ringwall.Host.Configuration;

/// <summary>What a generation has to show in probation before it may be promoted.</summary>
internal sealed record ProbationBounds
{
    /// <summary>From the start of its process to its welcome.</summary>
    public TimeSpan StartWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it sees live events.</summary>
    public TimeSpan Soak { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long it waits for enough events before the result is inconclusive.</summary>
    public TimeSpan WaitAtMost { get; init; } = TimeSpan.FromHours(24);

    /// <summary>So many real asks, of the journal or live, have to be judged; of each class a tenth of it. 0: none has to.</summary>
    public int Asks { get; init; } = 100;

    /// <summary>So many real events have to be told. 0: none has to.</summary>
    public int Tells { get; init; } = 100;

    /// <summary>So many files may it deny that the one in service allows.</summary>
    public int NewDenials { get; init; } = 3;

    /// <summary>So many files may it allow that the one in service denies.</summary>
    public int LostDenials { get; init; } = 3;

    /// <summary>So many of 100 verdicts may be late.</summary>
    public int MissedPercent { get; init; } = 5;

    /// <summary>Processor time for each event, in percent of what the one in service needs.</summary>
    public int CpuPercent { get; init; } = 300;

    /// <summary>Memory, in percent of what the one in service has.</summary>
    public int MemoryPercent { get; init; } = 200;

    /// <summary>Time to a verdict, in percent of what the one in service takes.</summary>
    public int LatencyPercent { get; init; } = 300;

    /// <summary>Findings, in percent of what the one in service has.</summary>
    public int FindingsPercent { get; init; } = 300;

    /// <summary>So many asks a second at most, so that service is not disturbed.</summary>
    public int AsksPerSecond { get; init; } = 100;
}
