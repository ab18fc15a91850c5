using System.Diagnostics;
using System.Globalization;

namespace Ringwall.Simulator;

/// <summary>bench simulator: 8.5 million devices for a week, with a decision every minute.</summary>
internal static class SimulatorBench
{
    public static int Run(ulong seed, string folder)
    {
        Directory.CreateDirectory(folder);
        var file = new BenchFile();
        long before = Stopwatch.GetTimestamp();
        RunPlan plan = ScenarioList.Create("good", 8_500_000, seed);
        var fleet = new SimulatedFleet(plan.Shape, plan.Name, seed);
        var progress = new Progress("8,500,000 devices, 7 days", plan.Minutes / 60);
        RunResult run = new FleetRun(plan, fleet, StrategyList.Create("ringwall", plan, fleet)).Run(10, _ => progress.Step());
        file.Ratio("seconds_8m5_7d", Stopwatch.GetElapsedTime(before).TotalSeconds);
        file.Ratio("peak_gb", PeakBytes() / 1e9);
        file.Detail("reports", (run.Samples.Sum(sample => sample.Online) * 10 / plan.Shape.ReportMinutes).ToString("N0", CultureInfo.InvariantCulture));
        file.Detail("installed", run.Installed.ToString("N0", CultureInfo.InvariantCulture));
        file.Write(Path.Combine(folder, "simulator.json"));
        return 0;
    }

    private static double PeakBytes()
    {
        string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * double.Parse(line["VmHWM:".Length..^" kB".Length], CultureInfo.InvariantCulture);
    }
}
