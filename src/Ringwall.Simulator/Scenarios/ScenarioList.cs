using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>The scenarios that the command line knows.</summary>
internal static class ScenarioList
{
    public static string[] Names { get; } =
    [
        "july-2024", "good", "good-urgent", "crash", "rare-event", "one-cell", "after-hours", "after-days", "leak", "false-positives", "dark",
        "spares-canaries", "bad-rollback", "os-update", "outage",
    ];

    public static RunPlan Create(string name, int devices, ulong seed)
    {
        FleetShape shape = new() { Devices = devices };
        return name switch
        {
            "july-2024" => Plan(name, shape with { StartMinute = 4 * 1440 + 4 * 60 + 9 }, seed, new Fault(FaultKind.Dark, 1, Measures.Dark, 1)),
            "good" => Plan(name, shape, seed, Fault.None),
            "good-urgent" => Plan(name, shape, seed, Fault.None) with { Urgent = true },
            "crash" => Plan(name, shape, seed, new Fault(FaultKind.Crash, 0.05, Measures.Crash, 2)),
            "rare-event" => Plan(name, shape, seed, new Fault(FaultKind.CrashOnRareEvent, 0.02, Measures.Crash, 45)),
            "one-cell" => Plan(name, shape, seed, new Fault(FaultKind.CrashInOneCell, 0.02, Measures.BootRecovery, 3, Cell: shape.Cells / 2)),
            "after-hours" => Plan(name, shape, seed, new Fault(FaultKind.CrashAfterHours, 0.1, Measures.Crash, 240)),
            "after-days" => Plan(name, shape, seed, new Fault(FaultKind.CrashAfterDays, 0.1, Measures.Crash, 2160)) with { Minutes = 96 * 60 },
            "leak" => Plan(name, shape, seed, new Fault(FaultKind.Leak, 0.3, Measures.Memory, 120)),
            "false-positives" => Plan(name, shape, seed, new Fault(FaultKind.FalsePositives, 0.005, Measures.DenyBudget, 4)),
            "dark" => Plan(name, shape, seed, new Fault(FaultKind.Dark, 0.1, Measures.Dark, 1)),
            "spares-canaries" => Plan(name, shape, seed, new Fault(FaultKind.SparesCanaries, 0.6, Measures.Quarantine, 3)),
            "bad-rollback" => Plan(name, shape, seed, new Fault(FaultKind.BadRollback, 0.1, Measures.Crash, 3, BadReturn: 0.5)),
            "os-update" => Plan(name, shape, seed, Fault.None) with
            {
                Disturbances = [new Disturbance("operating system update", 120, 300, Measures.Latency, 20)],
            },
            "outage" => Plan(name, shape, seed, Fault.None) with { Disturbances = [new Disturbance("control plane outage", 150, 270, -1, 1)] },
            _ => throw new ArgumentException($"There is no scenario {name}. There are: {string.Join(", ", Names)}, and incidents.", nameof(name)),
        };
    }

    private static RunPlan Plan(string name, FleetShape shape, ulong seed, Fault fault) =>
        new() { Name = name, Shape = shape, Fault = fault, Seed = seed, Minutes = 7 * 1440 };
}
