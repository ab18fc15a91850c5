namespace Ringwall.Simulator;

/// <summary>The page of one scenario: what each strategy did to the same fleet with the same release.</summary>
internal static class ScenarioPage
{
    public static string Html(RunPlan plan, IReadOnlyList<RunResult> runs)
    {
        RunResult? ours = runs.FirstOrDefault(run => run.Strategy == "Ringwall");
        bool bad = plan.Fault.Kind != FaultKind.None;
        var page = new Page(
            Title(plan), $"{RunTable.Count(plan.Shape.Devices)} simulated devices, the same fleet and the same release under {(runs.Count == 1 ? "one way" : $"{runs.Count} ways")} to let it out.");
        page.Cards([.. Cards(plan, runs, ours)]);
        page.Section(
            "Side by side",
            bad
                ? "Harmed: devices that the release hurt before it was stopped. Strategies without a stop of their own are stopped by people, who notice when the telephones ring and need as long as on 19 July 2024."
                : "A good release: nothing should be harmed, and everybody should have it soon.",
            Page.Table(RunTable.Heads, runs.Select(RunTable.Row), row => row[0] == "Ringwall"));
        Plots(page, runs, bad);
        if (ours is not null)
        {
            page.Section("The budget and the evidence", "What the rules knew. Evidence is one number over all measures and cells; 200 is proof of harm.", Evidence(ours));
            page.Section(
                "What the person on call read", "Each first step and each change of mind, in the rules' own words.",
                [.. Told(ours).Select(entry => Page.Words(RunTable.Minutes(entry.Minute) + " after the start", entry.Words))]);
        }

        return page.Html($"Seed {plan.Seed}. Made by ringwall-simulator; this file loads nothing. Assumptions: docs/rollout-results.md. Rules: docs/rollout-rules.md.");
    }

    public static string Colour(string strategy, int index) => strategy == "Ringwall" ? "#047857" : Plot.Colours[index % (Plot.Colours.Length - 1)];

    private static string Title(RunPlan plan) => plan.Name switch
    {
        "july-2024" => "19 July 2024, again: how far does it get?",
        "good" => "A good release: how soon is everybody protected?",
        "good-urgent" => "A good urgent release: how soon is everybody protected?",
        _ => $"Scenario: {plan.Name.Replace('-', ' ')}",
    };

    private static IEnumerable<(string, string)> Cards(RunPlan plan, IReadOnlyList<RunResult> runs, RunResult? ours)
    {
        if (ours is null)
        {
            yield break;
        }

        RunResult[] others = [.. runs.Where(run => run != ours)];
        if (plan.Fault.Kind == FaultKind.None)
        {
            yield return (double.IsNaN(ours.HoursTo95) ? "never" : $"{ours.HoursTo95:0.0} h", "until 95 % of online devices have it, with Ringwall");
            yield return (ours.HaltMinute < 0 ? "no" : "yes", "wrongly halted");
            yield return (RunTable.Count(ours.Installed), "devices took it");
            yield break;
        }

        yield return (RunTable.Count(ours.Harmed), $"devices harmed with Ringwall, of {RunTable.Count(ours.Devices)}; the budget is {plan.Policy.HarmBudget}");
        yield return (RunTable.Minutes(ours.HaltMinute), "from the start to the halt");
        if (others.Length > 0)
        {
            RunResult worst = others.MaxBy(run => run.Harmed)!;
            RunResult best = others.MinBy(run => run.Harmed)!;
            yield return (RunTable.Count(worst.Harmed), $"devices harmed with the worst alternative ({worst.Strategy})");
            yield return (RunTable.Count(best.Harmed), $"devices harmed with the best alternative ({best.Strategy})");
        }
    }

    private static void Plots(Page page, IReadOnlyList<RunResult> runs, bool bad)
    {
        var exposed = new Plot("Devices that may install it", "hours since the start", "devices (logarithmic)", logY: true);
        var harmed = new Plot("Devices harmed, by the release and by the way back", "hours since the start", "devices (logarithmic)", logY: true);
        var protects = new Plot("Online devices that have it", "hours since the start", "% of online devices");
        int end = bad ? Math.Max(360, runs.Max(run => run.HaltMinute) * 5 / 4) : Math.Max(720, (int)(60 * 1.3 * runs.Max(run => double.IsNaN(run.HoursTo95) ? 24 : run.HoursTo95)));
        for (int i = 0; i < runs.Count; i++)
        {
            RunResult run = runs[i] with { Samples = [.. runs[i].Samples.Where(sample => sample.Minute <= end)] };
            string colour = Colour(run.Strategy, i);
            exposed.Line(run.Strategy, colour, run.Samples.Select(sample => (sample.Minute / 60.0, (double)sample.Exposed)));
            harmed.Line(run.Strategy, colour, run.Samples.Select(sample => (sample.Minute / 60.0, (double)sample.Harmed)));
            protects.Line(run.Strategy, colour, run.Samples.Select(sample => (sample.Minute / 60.0, sample.Online == 0 ? 0 : 100.0 * sample.OnlineInstalled / sample.Online)));
        }

        if (bad)
        {
            harmed.Mark(25, "harm budget: 25 devices");
            page.Section("Over time", "The same clock for all.", harmed.Svg(), exposed.Svg());
        }
        else
        {
            page.Section("Over time", "The same clock for all. The rules start slowly on purpose, and faster with each device that stays healthy.", protects.Svg(), exposed.Svg());
        }
    }

    /// <summary>How it began and how it ended, if there is too much to read.</summary>
    private static IEnumerable<(int Minute, string Words)> Told(RunResult ours) =>
        ours.Log.Count <= 12 ? ours.Log : [.. ours.Log.Take(5), .. ours.Log.Skip(ours.Log.Count - 7)];

    private static string Evidence(RunResult whole)
    {
        int end = whole.HaltMinute < 0 ? 48 * 60 : Math.Max(60, whole.HaltMinute * 5 / 4);
        RunResult ours = whole with { Samples = [.. whole.Samples.Where(sample => sample.Minute <= end)] };
        var evidence = new Plot("Evidence against the release", "hours since the start", "e-value (logarithmic)", logY: true);
        evidence.Line("Ringwall", "#047857", ours.Samples.Select(sample => (sample.Minute / 60.0, Math.Min(sample.Evidence, 1e12))));
        evidence.Mark(200, "200: halt");
        evidence.Mark(20, "20: slow down");
        var budget = new Plot("Harm budget spent", "hours since the start", "devices");
        budget.Line("spent", "#b45309", ours.Samples.Select(sample => (sample.Minute / 60.0, sample.BudgetSpent)));
        budget.Mark(25, "budget");
        return evidence.Svg() + budget.Svg();
    }
}
