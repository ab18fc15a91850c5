using System.Diagnostics;
using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>One decision over 1,000 cells and 40 measures in which every cell and measure has evidence.</summary>
internal static class DecisionBench
{
    private const int Cells = 1000;

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
            Now = 60,
        };
        double[] times = new double[301];
        for (int i = 0; i < times.Length; i++)
        {
            long before = Stopwatch.GetTimestamp();
            RolloutDecision decision = RolloutRules.Decide(input);
            times[i] = Stopwatch.GetElapsedTime(before).TotalMilliseconds;
            GC.KeepAlive(decision);
        }

        Array.Sort(times);
        Array.Sort(folds);
        return (times[times.Length / 2], folds[folds.Length / 2]);
    }

    private static void Fill(EvidenceWindow window, int minute, int strata, ref Dice dice)
    {
        window.Clear();
        window.Minute = minute;
        for (int s = 0; s < strata; s++)
        {
            window.ControlAtRisk[s] = 4000;
            window.SoakingAtRisk[s] = 40;
            window.NewlyMatured[s] = 3;
            for (int age = 0; age < Age.Classes; age++)
            {
                window.ExposedAtRisk[s * Age.Classes + age] = 500;
            }
        }

        // So many that after an hour every cell has seen every measure, in both arms.
        for (int i = 0; i < 20_000; i++)
        {
            int age = dice.Unit() < 0.67 ? Sighting.Control : dice.Below(Age.Classes);
            window.Sightings.Add(new Sighting(dice.Below(strata), dice.Below(MeasureSet.Forty.Length), age, 1));
        }
    }
}
