using System.Diagnostics;
using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>
/// One decision on a harmless release over 1,000 cells and 40 measures, after a day in which all of them showed themselves at their usual rate. What is timed
/// must be the whole way to growth: a decision that ends earlier fails the benchmark.
/// </summary>
internal static class DecisionBench
{
    private const int Cells = 1000;
    private const int WindowMinutes = 24;

    public static (double DecisionMilliseconds, double FoldMilliseconds) Run()
    {
        var dice = new Dice(7);
        int strata = Cells * FleetCounts.Rings;
        int[] enrolled = [.. Enumerable.Range(0, strata).Select(s => s < Cells ? 85 : s < 2 * Cells ? 765 : s < 3 * Cells ? 7400 : 250)];
        var fleet = new FleetCounts(SimulatedFleet.CellNames(Cells), enrolled, enrolled);
        var ledger = new EvidenceLedger(fleet, MeasureSet.Forty);
        var window = new EvidenceWindow(strata);
        double[] folds = new double[60];
        for (int minute = 0; minute < folds.Length; minute++)
        {
            Fill(window, minute, strata, ref dice);
            long before = Stopwatch.GetTimestamp();
            ledger.Add(window);
            folds[minute] = Stopwatch.GetElapsedTime(before).TotalMilliseconds;
        }

        var input = new RolloutInput
        {
            Release = new ReleaseFacts("bench", ReleaseStream.Content, 1, 0, false, ["someone"], 0),
            Policy = new RolloutPolicy(),
            Fleet = fleet,
            Ledger = ledger,
            Exposed = [.. enrolled.Select(count => count / 4)],
            Installed = [.. enrolled.Select(count => count / 5)],
            FallbackAlive = enrolled,
            GrownMinute = new long[strata],
            Changes = [],
            Now = folds.Length * WindowMinutes,
        };
        double[] times = new double[301];
        for (int i = 0; i < times.Length; i++)
        {
            long before = Stopwatch.GetTimestamp();
            RolloutDecision decision = RolloutRules.Decide(input);
            times[i] = Stopwatch.GetElapsedTime(before).TotalMilliseconds;
            if (decision is not (RolloutDecision.Grow or RolloutDecision.Wait))
            {
                throw new InvalidOperationException($"A {decision.GetType().Name} was timed, and growth was not.");
            }
        }

        Array.Sort(times);
        Array.Sort(folds);
        return (times[times.Length / 2], folds[folds.Length / 2]);
    }

    private static void Fill(EvidenceWindow window, int minute, int strata, ref Dice dice)
    {
        window.Clear();
        window.Minute = (minute + 1) * WindowMinutes;
        for (int s = 0; s < strata; s++)
        {
            bool grown = s < 2 * Cells;
            window.ControlAtRisk[s] = (grown ? 100 : 3000) * WindowMinutes;
            window.SoakingAtRisk[s] = 40 * WindowMinutes;
            window.MaturedAtRisk[s] = 200 * WindowMinutes;
            window.NewlyMatured[s] = grown ? 1 : 3;
            for (int age = 0; age < Age.Classes; age++)
            {
                window.ExposedAtRisk[s * Age.Classes + age] = 60 * WindowMinutes;
            }

            for (int arm = Sighting.Control; arm < Age.Classes; arm++)
            {
                long atRisk = arm == Sighting.Control ? window.ControlAtRisk[s] : window.ExposedAtRisk[s * Age.Classes + arm];
                Show(window, s, arm, atRisk, ref dice);
            }
        }
    }

    private static void Show(EvidenceWindow window, int stratum, int arm, long atRisk, ref Dice dice)
    {
        for (int measure = 0; measure < MeasureSet.Forty.Length; measure++)
        {
            int count = dice.Poisson(MeasureSet.Forty[measure].UsualRate * atRisk);
            if (count > 0)
            {
                window.Sightings.Add(new Sighting(stratum, measure, arm, count));
                window.ControlHarmed[stratum] += arm == Sighting.Control && MeasureSet.Forty[measure].IsHarm ? count : 0;
            }
        }
    }
}
