using System.Text.Json;
using Ringwall.Bench.Asks;
using Ringwall.Bench.Reporting;
using Ringwall.Bench.Running;
using Ringwall.Bench.Sides;

namespace Ringwall.Bench.Probation;

/// <summary>How long a process waits for one sensor's verdict, without and with a second generation of that sensor on probation beside it.</summary>
internal sealed class ProbationBench(Workshop workshop)
{
    private const int UsualRounds = 5;
    private const int Asks = 20_000;
    private const string Sensor = "bench-0";
    private readonly int _cpu = Environment.ProcessorCount - 1;
    private readonly Report _report = new("Asking one sensor, without and with a new generation of it on probation: microseconds that one open() takes, and CPU per open");

    public Report Run()
    {
        _report.Require(new Bar("ask_p50_with_probation_over_without", 1.15));
        _report.Require(new Bar("ask_p99_with_probation_over_without", 1.5));
        int rounds = workshop.Options.RoundsOr(UsualRounds);
        foreach (bool pinned in (bool[])[true, false])
        {
            int? cpu = pinned ? _cpu : null;
            string ending = pinned ? "" : "_free";
            for (int round = 0; round < rounds; round++)
            {
                // Who is first changes: what disturbs the machine for longer disturbs both.
                if (round % 2 == 0)
                {
                    Without(cpu, ending);
                    With(cpu, ending);
                }
                else
                {
                    With(cpu, ending);
                    Without(cpu, ending);
                }

                foreach (string metric in (string[])["p50", "p99"])
                {
                    _report.AddRatio($"ask_{metric}_with_probation_over_without{ending}", $"with_probation{ending}", $"without{ending}", $"{metric}_us");
                    _report.AddRatio($"ask_{metric}_with_rehearsal_over_without{ending}", $"with_rehearsal{ending}", $"without{ending}", $"{metric}_us");
                }

                Console.Error.WriteLine($"probation: {(pinned ? "pinned" : "free")} round {round + 1} of {rounds}");
            }
        }

        return _report;
    }

    private RingwallGuard Start(int? cpu) => new(workshop, cpu, [new SensorChoice { Asks = true }]);

    private void Without(int? cpu, string ending)
    {
        using RingwallGuard guard = Start(cpu);
        Ask(guard, $"without{ending}", cpu);
    }

    private void With(int? cpu, string ending)
    {
        using RingwallGuard guard = Start(cpu);
        string package = Path.Combine(guard.RunDirectory, "candidate.tar.gz");
        Tool.Require(workshop.CommandLine, "pack", package, "--release", "2", "--engine", guard.SensorFolder(0));
        Tool.Require(workshop.CommandLine, "install", package, "--run-dir", guard.RunDirectory);
        AwaitPhase(guard, "synthetic");
        Ask(guard, $"with_rehearsal{ending}", cpu);
        AwaitPhase(guard, "live");
        long before = Shown(guard);
        Ask(guard, $"with_probation{ending}", cpu);
        if (Shown(guard) <= before)
        {
            throw new BenchException("the generation on probation was asked nothing while the other was measured, so the rest says nothing");
        }
    }

    private void Ask(RingwallGuard guard, string name, int? cpu)
    {
        int asks = workshop.Options.Quick ? 500 : Asks;
        new Asker(workshop, _report).Ask(guard, name, cpu, ["open", $"{asks}", $"{asks / 3}", .. workshop.OpenFiles(writable: false)]);
    }

    private void AwaitPhase(RingwallGuard guard, string phase)
    {
        for (long until = RingwallGuard.MonotonicNs() + 120_000_000_000; ; _ = Tool.Run("sleep", "0.1"))
        {
            (int exit, string said, string errors) = Tool.Run(workshop.CommandLine, "probation", Sensor, "--json", "--run-dir", guard.RunDirectory);
            if (exit == 0)
            {
                using JsonDocument report = JsonDocument.Parse(said);
                if (Phase(report, phase).GetProperty("state").GetString() == "running")
                {
                    return;
                }

                if (report.RootElement.GetProperty("result").GetString() != "running")
                {
                    throw new BenchException($"the probation has ended before its {phase} phase: {said}");
                }
            }

            if (RingwallGuard.MonotonicNs() > until)
            {
                throw new BenchException($"no probation reached its {phase} phase within two minutes: {said} {errors} {guard.Errors}");
            }
        }
    }

    private long Shown(RingwallGuard guard)
    {
        using JsonDocument report = JsonDocument.Parse(Tool.Require(workshop.CommandLine, "probation", Sensor, "--json", "--run-dir", guard.RunDirectory));
        return Phase(report, "live").GetProperty("asks").GetInt64();
    }

    private static JsonElement Phase(JsonDocument report, string name) =>
        report.RootElement.GetProperty("phases").EnumerateArray().Single(phase => phase.GetProperty("name").GetString() == name);
}
