using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>Runs over a range of one number, for the plots of harm against fault rate and of speed against harm.</summary>
internal static class Sweep
{
    public static double[] Effects { get; } = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];

    public static int[] Soaks { get; } = [8, 16, 24, 40, 60, 90];

    /// <summary>Devices harmed by an immediate crash, by effect, for one strategy.</summary>
    public static (double X, double Y)[] HarmByEffect(string strategy, int devices, ulong seed, Progress progress) =>
    [
        .. Effects.Select(effect =>
        {
            RunPlan plan = Plan(devices, seed, new Fault(FaultKind.Crash, effect, Measures.Crash, 2));
            progress.Step();
            return (effect * 100, (double)Run(strategy, plan).Harmed);
        }),
    ];

    /// <summary>Hours until a good release protects 95 % of online devices, against the harm of a fault of 2 % that shows after 45 minutes; by soak.</summary>
    public static (double X, double Y)[] SpeedAgainstHarm(int devices, ulong seed, Progress progress) =>
    [
        .. Soaks.Select(soak =>
        {
            var policy = new RolloutPolicy { SoakMinutes = soak };
            RunPlan good = Plan(devices, seed, Fault.None) with { Policy = policy };
            RunPlan bad = Plan(devices, seed, new Fault(FaultKind.CrashAfterHours, 0.02, Measures.Crash, 45)) with { Policy = policy };
            progress.Step();
            return (Run("ringwall", good).HoursTo95, (double)Run("ringwall", bad).Harmed);
        }),
    ];

    private static RunPlan Plan(int devices, ulong seed, Fault fault) => new()
    {
        Name = "sweep", Shape = new FleetShape { Devices = devices }, Fault = fault, Seed = seed, Minutes = 6 * 1440,
    };

    private static RunResult Run(string strategy, RunPlan plan)
    {
        var fleet = new SimulatedFleet(plan.Shape, plan.Name, plan.Seed);
        return new FleetRun(plan, fleet, StrategyList.Create(strategy, plan, fleet)).Run(0);
    }
}
