using Ringwall.Contract;
using Ringwall.Host.Deliver;

namespace Ringwall.Host.Supervision;

/// <summary>One sensor as it is at one moment.</summary>
internal sealed record SensorSnapshot
{
    public required string Name { get; init; }

    public required SensorState State { get; init; }

    /// <summary>Since when it is in that state.</summary>
    public required DateTimeOffset Since { get; init; }

    public required string Vendor { get; init; }

    public required string Engine { get; init; }

    /// <summary>Which of the sensor's generations this is; 0 is the one that the configuration names.</summary>
    public required long Generation { get; init; }

    /// <summary>How often it was started.</summary>
    public long Starts { get; init; }

    /// <summary>From the last start to its welcome; null before that.</summary>
    public TimeSpan? StartedIn { get; init; }

    /// <summary>What it has used since its start, where the machine tells.</summary>
    public TimeSpan? CpuTime { get; init; }

    public int? Pid { get; init; }

    /// <summary>Its last hello.</summary>
    public HelloMessage? Hello { get; init; }

    /// <summary>Its seat, with its counters, while it is at work.</summary>
    public SensorSeat? Seat { get; init; }

    /// <summary>The latest strikes, oldest first, whether they still count or not.</summary>
    public required IReadOnlyList<Strike> Strikes { get; init; }

    /// <summary>Those that count.</summary>
    public required int StrikesInWindow { get; init; }

    public required int StrikesAllowed { get; init; }

    /// <summary>What it says of its state; empty before its first word.</summary>
    public required string Note { get; init; }

    /// <summary>What it wrote last.</summary>
    public required IReadOnlyList<string> LastLines { get; init; }

    public long? MemoryBytes { get; init; }

    /// <summary>Limits that this machine cannot put it under.</summary>
    public required IReadOnlyList<string> Shortfalls { get; init; }
}
