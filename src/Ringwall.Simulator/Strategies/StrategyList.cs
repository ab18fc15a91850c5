namespace Ringwall.Simulator;

/// <summary>The strategies that are compared, by the name that the command line knows.</summary>
internal static class StrategyList
{
    public static string[] Names { get; } = ["all-at-once", "percentages", "hawkbit", "aws-iot", "defender", "ringwall"];

    public static IStrategy Create(string name, RunPlan plan, SimulatedFleet fleet, bool keepWords = false) => name switch
    {
        "all-at-once" => new SharesOverTime("All at once", _ => 1, plan.PeopleMinutes),
        "percentages" => new SharesOverTime("Percentages by day", Days, plan.PeopleMinutes),
        "hawkbit" => new HawkBitGroups(plan.PeopleMinutes),
        "aws-iot" => new AwsIotJobs(plan.PeopleMinutes),
        "defender" => new DefenderChannels(plan.PeopleMinutes),
        "ringwall" => new RingwallStrategy(plan, fleet.Strata, fleet.Shape.Cells) { KeepWords = keepWords },
        _ => throw new ArgumentException($"There is no strategy {name}. There are: {string.Join(", ", Names)}.", nameof(name)),
    };

    private static double Days(int minute) => (minute / 1440) switch
    {
        0 => 0.01,
        1 => 0.1,
        2 => 0.5,
        _ => 1,
    };
}
