namespace Ringwall.Host.Control;

/// <summary>The parts of a host that the control socket reaches.</summary>
internal sealed record ControlledHost
{
    public required IHostView View { get; init; }

    public required ISensorSwitch Sensors { get; init; }

    public required IGenerations Generations { get; init; }

    public required IOverrides Overrides { get; init; }

    public required IEventFeed Events { get; init; }

    public required IFindingFeed Findings { get; init; }

    public required IResponses Responses { get; init; }

    public required IHostLife Life { get; init; }

    /// <summary>Forgets who this device is in its fleet; gives null when that was done, otherwise why not. Null itself where there is no fleet.</summary>
    public Func<string?>? LeaveFleet { get; init; }

    /// <summary>Null where nothing is tried.</summary>
    public IProbationReports? Probations { get; init; }
}
