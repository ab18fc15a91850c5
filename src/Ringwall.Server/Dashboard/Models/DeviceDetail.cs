namespace Ringwall.Server.Dashboard.Models;

/// <summary>One device: what it runs, what it said, what went wrong on it.</summary>
public sealed record DeviceDetail
{
    public required DeviceList.Row Row { get; init; }

    public required string Host { get; init; }

    public required DateTimeOffset Enrolled { get; init; }

    public string? Site { get; init; }

    public required IReadOnlyList<Generation> Generations { get; init; }

    public required IReadOnlyList<Harm> Harms { get; init; }

    /// <summary>Null for a device that never said how it is.</summary>
    public Report? Last { get; init; }

    public required IReadOnlyList<ReleaseDetail.Probation> Probations { get; init; }

    public bool MayChange { get; init; }

    public sealed record Generation(string Release, string State, Tone Tone, DateTimeOffset Since, long MinutesRun, bool FallbackAlive, string? Why);

    public sealed record Harm(DateTimeOffset At, string Measure, string? Release, string Says);

    /// <summary>A report, in short.</summary>
    public sealed record Report(
        long Sequence, DateTimeOffset At, long Asks, long Denied, long FallbackVerdicts, long Strikes, double CpuPercent, long MemoryMiB, double AskP99Milliseconds);
}
