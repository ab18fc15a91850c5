using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>One release of the corpus and what became of it.</summary>
internal sealed record CorpusResult(
    int Number, string Kind, double Effect, int Onset, bool ShowsInSoak, bool Disturbed, bool Urgent, int Devices, bool Halted, bool PassedBroad,
    long Harmed, long HarmedByReturn, int HaltMinute, int FirstHarmMinute, double HoursTo95, int PausedMinutes, int InconclusiveMinutes)
{
    public bool IsBad => Kind != nameof(FaultKind.None);

    /// <summary>Bad, large enough and soon enough that the rules promise to stop it.</summary>
    public bool IsPromised => IsBad && ShowsInSoak && Effect >= 0.01;

    public static CorpusResult Run(int number, ulong seed)
    {
        RunPlan plan = Corpus.Plan(number, seed);
        var fleet = new SimulatedFleet(plan.Shape, plan.Name, plan.Seed);
        RunResult result = new FleetRun(plan, fleet, StrategyList.Create("ringwall", plan, fleet)).Run(0);
        return new CorpusResult(
            number, plan.Fault.Kind.ToString(), plan.Fault.Effect, plan.Fault.Onset, plan.Fault.ShowsWithin(plan.Policy.Soak(plan.Urgent)),
            plan.Disturbances.Length > 0, plan.Urgent, plan.Shape.Devices, result.HaltMinute >= 0, result.PassedBroad, result.Harmed,
            result.HarmedByReturn, result.HaltMinute, result.FirstHarmMinute, result.HoursTo95, result.PausedMinutes, result.InconclusiveMinutes);
    }
}
