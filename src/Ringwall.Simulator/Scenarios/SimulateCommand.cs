using System.Globalization;

namespace Ringwall.Simulator;

/// <summary>simulate: one scenario, or the incidents, under the chosen strategies.</summary>
internal static class SimulateCommand
{
    public static int Run(string scenario, int? devices, ulong seed, string[] strategies, string folder)
    {
        string[] chosen = strategies.Length == 0 ? StrategyList.Names : strategies;
        foreach (string strategy in chosen)
        {
            if (!StrategyList.Names.Contains(strategy))
            {
                Console.Error.WriteLine($"There is no strategy {strategy}. There are: {string.Join(", ", StrategyList.Names)}.");
                return 2;
            }
        }

        if (scenario != "incidents" && !ScenarioList.Names.Contains(scenario))
        {
            Console.Error.WriteLine($"There is no scenario {scenario}. There are: {string.Join(", ", ScenarioList.Names)}, incidents.");
            return 2;
        }

        if (devices is < 100 or > 10_000_000)
        {
            Console.Error.WriteLine("--devices takes 100 to 10000000.");
            return 2;
        }

        Directory.CreateDirectory(folder);
        return scenario == "incidents" ? Incidents(devices ?? 10_000_000, seed, folder) : One(scenario, devices, seed, chosen, folder);
    }

    public static RunResult RunOne(RunPlan plan, SimulatedFleet fleet, string strategy, int sampleEvery, Action<int>? progress = null) =>
        new FleetRun(plan, fleet, StrategyList.Create(strategy, plan, fleet, keepWords: true)).Run(sampleEvery, progress);

    private static int One(string scenario, int? devices, ulong seed, string[] strategies, string folder)
    {
        RunPlan plan = ScenarioList.Create(scenario, devices ?? (scenario == "july-2024" ? 8_500_000 : 1_000_000), seed);
        var fleet = new SimulatedFleet(plan.Shape, plan.Name, seed);
        var progress = new Progress($"{scenario}, {RunTable.Count(plan.Shape.Devices)} devices", strategies.Length * (plan.Minutes / 60));
        var runs = new List<RunResult>();
        foreach (string strategy in strategies)
        {
            runs.Add(RunOne(plan, fleet, strategy, 5, _ => progress.Step()));
        }

        progress.Step(int.MaxValue / 2);
        Console.WriteLine(RunTable.ForTerminal(runs));
        foreach (RunResult run in runs.Where(run => run.Words.Length > 0))
        {
            Console.WriteLine(run.Words);
        }

        Write(folder, scenario, RunTable.Json(scenario, seed, runs), ScenarioPage.Html(plan, runs));
        return 0;
    }

    private static int Incidents(int most, ulong seed, string folder)
    {
        const int SweepDevices = 200_000;
        int steps = IncidentList.All.Length * StrategyList.Names.Length + StrategyList.Names.Length * (Sweep.Effects.Length + 1) + Sweep.Soaks.Length;
        var progress = new Progress("incidents", steps);
        var incidents = new List<(Incident, RunResult[])>();
        foreach (Incident incident in IncidentList.All)
        {
            RunPlan plan = IncidentList.Plan(incident, seed, most);
            var fleet = new SimulatedFleet(plan.Shape, plan.Name, seed);
            RunResult[] runs = [.. StrategyList.Names.Select(strategy => RunAndStep(plan, fleet, strategy, progress))];
            incidents.Add((incident, runs));
            RunResult ours = runs[^1];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{incident.Number,2}  {incident.What,-72} {ours.Devices,10:N0} devices: {ours.Harmed,6:N0} harmed with Ringwall, {runs[0].Harmed,10:N0} all at once"));
        }

        var harm = StrategyList.Names.Select((strategy, i) => (incidents[0].Item2[i].Strategy, Sweep.HarmByEffect(strategy, SweepDevices, seed, progress))).ToList();
        (double, double)[] trade = Sweep.SpeedAgainstHarm(SweepDevices, seed, progress);
        RunPlan urgentPlan = ScenarioList.Create("good-urgent", 1_000_000, seed);
        var urgentFleet = new SimulatedFleet(urgentPlan.Shape, urgentPlan.Name, seed);
        RunResult[] urgent = [.. StrategyList.Names.Select(strategy => RunOne(urgentPlan, urgentFleet, strategy, 10, null))];
        progress.Step(int.MaxValue / 2);
        Write(
            folder, "incidents", RunTable.Json("incidents", seed, [.. incidents.SelectMany(entry => entry.Item2)]),
            IncidentPage.Html(incidents, harm, trade, urgent, seed));
        return 0;
    }

    private static RunResult RunAndStep(RunPlan plan, SimulatedFleet fleet, string strategy, Progress progress)
    {
        RunResult run = new FleetRun(plan, fleet, StrategyList.Create(strategy, plan, fleet)).Run(0);
        progress.Step();
        return run;
    }

    private static void Write(string folder, string name, byte[] json, string html)
    {
        string data = Path.Combine(folder, name + ".json");
        string page = Path.Combine(folder, name + ".html");
        File.WriteAllBytes(data, json);
        File.WriteAllText(page, html);
        Console.WriteLine($"{data}\n{page}");
    }
}
