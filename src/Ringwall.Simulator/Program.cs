using System.CommandLine;
using System.Globalization;
using Ringwall.Simulator;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var scenario = new Argument<string>("scenario")
{
    Description = $"One of: {string.Join(", ", ScenarioList.Names)}, incidents", DefaultValueFactory = _ => "july-2024",
};
var devices = new Option<int?>("--devices") { Description = "How many devices (default: 1000000; 8500000 for july-2024)" };
var seed = new Option<ulong>("--seed") { Description = "The seed; the same seed gives the same run", DefaultValueFactory = _ => 1 };
var strategy = new Option<string[]>("--strategy")
{
    Description = $"Any of: {string.Join(", ", StrategyList.Names)} (default: all)", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [],
};
var folder = new Option<string>("--out") { Description = "Where the JSON and the page go", DefaultValueFactory = _ => "artifacts/simulate" };
var simulate = new Command("simulate", "Lets a release out on a fleet in memory, under several strategies") { scenario, devices, seed, strategy, folder };
simulate.SetAction(parsed => SimulateCommand.Run(
    parsed.GetValue(scenario)!, parsed.GetValue(devices), parsed.GetValue(seed), parsed.GetValue(strategy)!, parsed.GetValue(folder)!));

var benchFolder = new Option<string>("--out") { Description = "Where the figures go", DefaultValueFactory = _ => "artifacts/bench" };
var benchSeed = new Option<ulong>("--seed") { Description = "The first seed", DefaultValueFactory = _ => 2026 };
var july = new Option<int>("--july") { Description = "Runs of 19 July 2024", DefaultValueFactory = _ => 100 };
var corpus = new Option<int>("--corpus") { Description = "Releases in the corpus", DefaultValueFactory = _ => 2000 };
var hours = new Option<int>("--hours") { Description = "Good releases for each fleet size", DefaultValueFactory = _ => 5 };
var threads = new Option<int>("--threads") { Description = "Runs at a time", DefaultValueFactory = _ => Environment.ProcessorCount };
var rollouts = new Command("rollouts", "How well the rules judge") { july, corpus, hours, benchSeed, threads, benchFolder };
rollouts.SetAction(parsed => RolloutsBench.Run(
    parsed.GetValue(july), parsed.GetValue(corpus), parsed.GetValue(hours), parsed.GetValue(benchSeed), parsed.GetValue(threads), parsed.GetValue(benchFolder)!));
var simulator = new Command("simulator", "How fast the simulator is") { benchSeed, benchFolder };
simulator.SetAction(parsed => SimulatorBench.Run(parsed.GetValue(benchSeed), parsed.GetValue(benchFolder)!));
var bench = new Command("bench", "Measures") { rollouts, simulator };

var liveDevices = new Option<int>("--devices") { Description = "How many devices, 1 to 20000", DefaultValueFactory = _ => 240 };
var kind = new Option<string>("--release") { Description = $"How devices take releases that are let out from now on: {string.Join(", ", ReleaseKind.Names)}", DefaultValueFactory = _ => "good" };
var server = new Option<string>("--server") { Description = "The fleet's server", DefaultValueFactory = _ => "http://127.0.0.1:7080" };
var token = new Option<string?>("--token") { Description = "An operator's API token (rwp_…), which makes a join token for each ring, or one join token (rwj_…); else RINGWALL_TOKEN" };
var minutes = new Option<double>("--minutes") { Description = "End after so many minutes of the clock; 0 runs until Ctrl-C", DefaultValueFactory = _ => 0 };
var fleet = new Command("fleet", "Adds simulated devices that speak the real protocol to a server") { liveDevices, kind, server, token, seed, minutes };
fleet.SetAction((parsed, stop) => FleetCommand.RunAsync(
    new LivePlan(parsed.GetValue(liveDevices), parsed.GetValue(kind)!, parsed.GetValue(server)!, parsed.GetValue(token) ?? Environment.GetEnvironmentVariable("RINGWALL_TOKEN") ?? "", parsed.GetValue(seed), parsed.GetValue(minutes)), stop));

return await new RootCommand("Ringwall's fleet in memory") { simulate, bench, fleet }.Parse(args).InvokeAsync();
