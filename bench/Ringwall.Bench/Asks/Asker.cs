using Ringwall.Bench.Reporting;
using Ringwall.Bench.Running;
using Ringwall.Bench.Sides;

namespace Ringwall.Bench.Asks;

/// <summary>Times opens or executions from a process of its own (c/asker.c), and reports them.</summary>
internal sealed class Asker(Workshop workshop, Report report)
{
    /// <param name="side">Whose CPU time counts.</param>
    /// <param name="name">The case.</param>
    /// <param name="cpu">The one CPU for the asking process; null for all.</param>
    /// <param name="arguments">What is asked, how often, of which files.</param>
    public void Ask(ISide side, string name, int? cpu, string[] arguments)
    {
        using Tool asker = Tool.Start(cpu, workshop.Compiled("asker"), arguments);
        asker.Expect("warm");

        // Warm code is compiled once more behind the first calls (tiered compilation, 100 ms after the last new one): not in the measured part.
        _ = Tool.Run("sleep", "0.3");
        long before = ProcessTree.CpuNs(side.Processes);
        asker.Go();
        Dictionary<string, double> numbers = asker.ReadNumbers();
        long spent = ProcessTree.CpuNs(side.Processes) - before;
        if (numbers["failures"] > 0)
        {
            throw new BenchException($"{name}: {numbers["failures"]} of {numbers["count"]} operations failed, so the rest says nothing");
        }

        foreach (string metric in (string[])["p50", "p90", "p99", "p999", "max"])
        {
            report.Add(name, $"{metric}_us", numbers[$"{metric}_ns"] / 1000);
        }

        report.Add(name, "cpu_us", numbers["cpu_ns"] / numbers["count"] / 1000);
        report.Add(name, "guard_cpu_us", spent / numbers["count"] / 1000);
    }
}
