namespace Ringwall.Simulator;

/// <summary>How a run went.</summary>
internal sealed record RunResult
{
    public required string Strategy { get; init; }

    public required string Name { get; init; }

    public required int Devices { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Devices that the release harmed, as only the simulator can know.</summary>
    public required long Harmed { get; init; }

    /// <summary>Devices that the rollback harmed.</summary>
    public long HarmedByReturn { get; init; }

    public long Installed { get; init; }

    public long Returned { get; init; }

    /// <summary>When it was stopped, in minutes, or −1.</summary>
    public required int HaltMinute { get; init; }

    /// <summary>When the first device was harmed, or −1.</summary>
    public int FirstHarmMinute { get; init; }

    public bool PassedBroad { get; init; }

    /// <summary>Hours until 95 % of the devices that are online have it; NaN when never.</summary>
    public double HoursTo95 { get; init; } = double.NaN;

    public int PausedMinutes { get; init; }

    public int InconclusiveMinutes { get; init; }

    public string Words { get; init; } = "";

    public Sample[] Samples { get; init; } = [];

    public IReadOnlyList<(int Minute, string Words)> Log { get; init; } = [];
}
