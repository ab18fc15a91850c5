using Ringwall.Wire.Fleet;
using Ringwall.Wire.Probation;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Fleet;

/// <summary>What the fleet's part asks of the rest of the host. All of it may be called at any time, from the door's thread.</summary>
internal sealed record FleetMachine
{
    public required string Version { get; init; }

    /// <summary>What kind of machine this is, with the sensors that the configuration names.</summary>
    public required Func<MachineCell> Cell { get; init; }

    /// <summary>The host as it is now.</summary>
    public required Func<HostStatus> Status { get; init; }

    /// <summary>How many acts of sensors were taken back.</summary>
    public required Func<long> Undone { get; init; }

    /// <summary>Processor time that host and sensors have used.</summary>
    public required Func<TimeSpan> ProcessorTime { get; init; }

    /// <summary>Reports of probations; null where none is kept.</summary>
    public required Func<string, long, ProbationReport?> Probation { get; init; }

    /// <summary>Of this boot: /proc/sys/kernel/random/boot_id, without dashes.</summary>
    public required string Boot { get; init; }

    /// <summary>Where the host says what a person should know.</summary>
    public required Action<string> Say { get; init; }
}
