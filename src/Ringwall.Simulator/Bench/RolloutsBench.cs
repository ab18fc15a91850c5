using System.Globalization;
using System.Text;
using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>bench rollouts: how well the rules judge, and what that costs in time.</summary>
internal static class RolloutsBench
{
    /// <summary>All of it with the defaults; a part is left out by asking for none of it.</summary>
    public static int Run(int july, int corpus, int hours, ulong seed, int threads, string folder)
    {
        Directory.CreateDirectory(folder);
        var file = new BenchFile();
        file.Detail("seed", seed.ToString(CultureInfo.InvariantCulture));
        (double decision, double fold) = DecisionBench.Run();
        file.Ratio("decision_ms", decision);
        file.Ratio("fold_ms", fold);
        if (july > 0)
        {
            July(file, july, seed, threads);
        }

        if (corpus > 0)
        {
            CorpusResult[] results = Judge(corpus, seed, threads);
            Report(file, results);
            File.WriteAllText(Path.Combine(folder, "rollouts-corpus.csv"), Csv(results));
        }

        if (hours > 0)
        {
            Hours(file, "ordinary", urgent: false, hours, seed, threads);
            Hours(file, "urgent", urgent: true, hours, seed, threads);
        }

        file.Write(Path.Combine(folder, "rollouts.json"));
        return 0;
    }

    private static void July(BenchFile file, int runs, ulong seed, int threads)
    {
        var progress = new Progress("19 July 2024, 8,500,000 devices", runs);
        long[] harmed = new long[runs];
        int[] halted = new int[runs];
        Parallel.For(0, runs, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
        {
            RunPlan plan = ScenarioList.Create("july-2024", 8_500_000, seed + (ulong)i) with { Minutes = 240, StopAfter = 1 };
            var fleet = new SimulatedFleet(plan.Shape, $"july {i}", plan.Seed);
            RunResult run = new FleetRun(plan, fleet, StrategyList.Create("ringwall", plan, fleet)).Run(0);
            harmed[i] = run.Harmed;
            halted[i] = run.HaltMinute < 0 ? int.MaxValue : run.HaltMinute;
            progress.Step();
        });

        Array.Sort(harmed);
        Array.Sort(halted);
        file.Ratio("july2024_within_budget_share", harmed.Count(count => count <= 25) / (double)runs);
        file.Detail("july2024_harmed", $"median {harmed[runs / 2]}, most {harmed[^1]} of 8,500,000, {runs} runs");
        file.Detail("july2024_halt_minute", $"median {halted[runs / 2]}, latest {halted[^1]}");
    }

    private static CorpusResult[] Judge(int count, ulong seed, int threads)
    {
        var results = new CorpusResult[count];
        var progress = new Progress($"corpus of {count} releases", count);
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
        {
            results[i] = CorpusResult.Run(i, seed);
            progress.Step();
        });
        return results;
    }

    private static void Report(BenchFile file, CorpusResult[] results)
    {
        CorpusResult[] good = [.. results.Where(result => !result.IsBad)];
        CorpusResult[] promised = [.. results.Where(result => result.IsPromised)];
        int halts = results.Count(result => result.Halted);
        int right = results.Count(result => result.Halted && result.IsBad);
        int wrong = good.Count(result => result.Halted);
        int found = promised.Count(result => result.Halted);
        file.Ratio("halt_precision", halts == 0 ? 1 : (double)right / halts);
        file.Ratio("halt_recall", promised.Length == 0 ? 1 : (double)found / promised.Length);
        file.Ratio("false_halt_share", good.Length == 0 ? 0 : (double)wrong / good.Length);
        file.Ratio("passed_broad", promised.Count(result => result.PassedBroad));
        file.Detail("halt_precision_interval", Interval(right, halts));
        file.Detail("halt_recall_interval", Interval(found, promised.Length));
        file.Detail("false_halt_interval", Interval(wrong, good.Length));
        file.Detail("good_inconclusive", $"{good.Count(result => result.InconclusiveMinutes > 0)} of {good.Length}");
        file.Detail("disturbed_good_halted", $"{good.Count(result => result.Disturbed && result.Halted)} of {good.Count(result => result.Disturbed)}");
        foreach (IGrouping<string, CorpusResult> kind in results.Where(result => result.IsBad).GroupBy(result => result.Kind))
        {
            file.Detail(kind.Key, Line(kind));
            CorpusResult[] those = [.. kind.Where(result => result.IsPromised)];
            if (those.Length > 0)
            {
                file.Detail(kind.Key + ", promised", Line(those));
            }
        }
    }

    /// <summary>Halted of how many, with the interval of Clopper and Pearson; devices harmed; minutes from the first harm to the halt.</summary>
    private static string Line(IEnumerable<CorpusResult> results)
    {
        CorpusResult[] all = [.. results];
        int halted = all.Count(result => result.Halted);
        long[] harmed = [.. all.Select(result => result.Harmed).Order()];
        int[] delay = [.. all.Where(result => result.Halted && result.FirstHarmMinute >= 0).Select(result => result.HaltMinute - result.FirstHarmMinute).Order()];
        string late = delay.Length == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"median {delay[delay.Length / 2]} min");
        return string.Create(CultureInfo.InvariantCulture,
            $"halted {Interval(halted, all.Length)}; passed broad {all.Count(result => result.PassedBroad)}; harmed median {harmed[harmed.Length / 2]}, 90 % {harmed[(int)(harmed.Length * 0.9)]}, most {harmed[^1]}; within 25: {all.Count(result => result.Harmed <= 25)}; first harm to halt {late}; harmed by the way back, most {all.Max(result => result.HarmedByReturn)}");
    }

    private static string Interval(int hits, int tries) => tries == 0
        ? "none"
        : string.Create(CultureInfo.InvariantCulture,
            $"{hits} of {tries} ({Bounds.ShareLower(hits, tries, 0.975):P2} to {Bounds.ShareUpper(hits, tries, 0.975):P2})");

    private static void Hours(BenchFile file, string name, bool urgent, int runs, ulong seed, int threads)
    {
        int[] sizes = [200_000, 1_000_000, 8_500_000];
        foreach (int devices in sizes)
        {
            double[] hours = new double[runs];
            Parallel.For(0, runs, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
            {
                RunPlan plan = ScenarioList.Create("good", devices, seed + (ulong)i) with { Urgent = urgent, Minutes = 36 * 60 };
                var fleet = new SimulatedFleet(plan.Shape, $"good {i}", plan.Seed);
                double took = new FleetRun(plan, fleet, StrategyList.Create("ringwall", plan, fleet)).Run(0).HoursTo95;
                hours[i] = double.IsNaN(took) ? 99 : took;
            });

            Array.Sort(hours);
            if (devices == sizes[^1])
            {
                file.Ratio($"hours_to_95_{name}", hours[hours.Length / 2]);
            }

            file.Detail($"hours_{name}_{devices}", string.Join(", ", hours.Select(took => took.ToString("0.0", CultureInfo.InvariantCulture))));
        }
    }

    private static string Csv(CorpusResult[] results)
    {
        var csv = new StringBuilder("number,kind,effect,onset,shows_in_soak,disturbed,urgent,devices,halted,passed_broad,harmed,harmed_by_return,halt_minute,first_harm_minute,hours_to_95,paused,inconclusive\n");
        foreach (CorpusResult r in results)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{r.Number},{r.Kind},{r.Effect:G4},{r.Onset},{r.ShowsInSoak},{r.Disturbed},{r.Urgent},{r.Devices},{r.Halted},{r.PassedBroad},{r.Harmed},{r.HarmedByReturn},{r.HaltMinute},{r.FirstHarmMinute},{r.HoursTo95:0.00},{r.PausedMinutes},{r.InconclusiveMinutes}\n");
        }

        return csv.ToString();
    }
}
