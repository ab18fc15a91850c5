namespace Ringwall.Simulator;

/// <summary>The page of the twenty incidents, with what a board asks next: how does harm depend on the fault, and what does safety cost in time?</summary>
internal static class IncidentPage
{
    public static string Html(
        IReadOnlyList<(Incident Incident, RunResult[] Runs)> incidents, IReadOnlyList<(string Name, (double X, double Y)[] Points)> harm,
        (double X, double Y)[] trade, IReadOnlyList<RunResult> urgent, ulong seed)
    {
        long ours = incidents.Sum(entry => entry.Runs.First(run => run.Strategy == "Ringwall").Harmed);
        long worst = incidents.Max(entry => entry.Runs.First(run => run.Strategy == "Ringwall").Harmed);
        long atOnce = incidents.Sum(entry => entry.Runs[0].Harmed);
        int within = incidents.Count(entry => entry.Runs.First(run => run.Strategy == "Ringwall").Harmed <= 25);
        var page = new Page(
            "Twenty bad security updates, replayed", "Each on a simulated fleet of its real or assumed size, under six ways to let a release out.");
        page.Cards(
            (RunTable.Count(ours), "devices harmed in all twenty together, with Ringwall"),
            (RunTable.Count(atOnce), "devices harmed in all twenty, released to everybody at once"),
            ($"{within} of {incidents.Count}", "stay within the budget of 25 devices"),
            (RunTable.Count(worst), "devices harmed in Ringwall's worst case"));
        string[] others = [.. incidents[0].Runs.Select(run => run.Strategy).Where(name => name != "Ringwall")];
        page.Section(
            "Devices harmed",
            "A star marks a fleet size that is our assumption, because no source states one. What happened inside the device (isolation, limits, undo) is not counted here: this is the fleet's half of the defence alone. Number 13 showed itself some ten hours after installation, when devices had long finished their soak in good health.",
            Page.Table(
                ["#No.", "Incident", "#Fleet", "#Ringwall", "#halted after", .. others.Select(name => "#" + name)],
                incidents.Select(entry => Row(entry.Incident, entry.Runs))));
        var plot = new Plot("Harm against fault rate", "% of devices that the release harms at once (logarithmic)", "devices harmed (logarithmic)", logX: true, logY: true);
        for (int i = 0; i < harm.Count; i++)
        {
            plot.Line(harm[i].Name, ScenarioPage.Colour(harm[i].Name, i), harm[i].Points);
        }

        plot.Mark(25, "harm budget: 25 devices");
        page.Section("The worse the fault, the sooner it stops", "Without a budget harm grows with the fault rate and with the fleet. With one it stays flat.", plot.Svg());
        var speed = new Plot("Harm of a 2 % fault that shows after 45 minutes", "hours until a good release protects 95 % of online devices", "devices harmed");
        speed.Line("soak, minutes", "#047857", trade);
        speed.Line("", "#047857", trade, dots: true);
        page.Section(
            "Speed against harm", $"Each point is one soak time: {string.Join(", ", Sweep.Soaks)} minutes, from left to right. A longer soak sees slower faults and protects later.", speed.Svg());
        var protects = new Plot("A good urgent release", "hours since the start", "% of online devices that have it");
        for (int i = 0; i < urgent.Count; i++)
        {
            protects.Line(
                urgent[i].Strategy, ScenarioPage.Colour(urgent[i].Strategy, i),
                urgent[i].Samples.Select(sample => (sample.Minute / 60.0, sample.Online == 0 ? 0 : 100.0 * sample.OnlineInstalled / sample.Online)));
        }

        page.Section("Time to protect", "An urgent release that is good: what waits, and for how long.", protects.Svg());
        return page.Html($"Seed {seed}. Made by ringwall-simulator; this file loads nothing. Sources of sizes and times, and all assumptions: docs/rollout-results.md.");
    }

    private static string[] Row(Incident incident, RunResult[] runs)
    {
        RunResult ours = runs.First(run => run.Strategy == "Ringwall");
        return
        [
            $"{incident.Number}", incident.What, RunTable.Count(ours.Devices) + (incident.IsAssumed ? "*" : ""), RunTable.Count(ours.Harmed),
            RunTable.Minutes(ours.HaltMinute), .. runs.Where(run => run != ours).Select(run => RunTable.Count(run.Harmed)),
        ];
    }
}
