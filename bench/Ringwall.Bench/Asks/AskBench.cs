using Ringwall.Bench.Reporting;
using Ringwall.Bench.Running;
using Ringwall.Bench.Sides;

namespace Ringwall.Bench.Asks;

/// <summary>How long a process waits for an open, or for an execution, on a guarded tmpfs.</summary>
internal sealed class AskBench(Workshop workshop)
{
    private const int UsualRounds = 7;

    // The last one: the first serves most interrupts.
    private readonly int _cpu = Environment.ProcessorCount - 1;

    private readonly Report _report = new("Asking: microseconds that one open() or one execution takes, as the process sees it, and CPU per operation");

    public Report Run()
    {
        foreach (string prefix in (string[])["", "exec_"])
        {
            _report.Require(new Bar($"{prefix}cached_over_unguarded", 1.3));
            _report.Require(new Bar($"{prefix}host_cached_over_c_p50", 1.4));
            _report.Require(new Bar($"{prefix}one_sensor_over_c_p50", 2.5));
            _report.Require(new Bar($"{prefix}one_sensor_over_c_p99", 4));
            _report.Require(new Bar($"{prefix}three_sensors_over_c_p50", 4.5));
            _report.Require(new Bar($"{prefix}one_sensor_over_fapolicyd_p50", 1, Inclusive: false));
            _report.Require(new Bar($"{prefix}one_sensor_over_clamonacc_p50", 1, Inclusive: false));
        }

        _report.Require(new Bar("cached_over_fapolicyd_p50", 0.1));

        int rounds = workshop.Options.RoundsOr(UsualRounds);
        foreach (bool pinned in (bool[])[true, false])
        {
            for (int round = 0; round < rounds; round++)
            {
                foreach (SideKind kind in Kinds())
                {
                    Measure(kind, pinned ? _cpu : null);
                }

                AddRatios(pinned ? "" : "_free");
                Console.Error.WriteLine($"ask: {(pinned ? "pinned" : "free")} round {round + 1} of {rounds}");
            }
        }

        return _report;
    }

    private IEnumerable<SideKind> Kinds()
    {
        SensorChoice asked = new() { Asks = true };
        SensorChoice cacheable = asked with { Cacheable = true };
        SideKind[] all =
        [
            new("unguarded", _ => new Unguarded()),
            new("c", cpu => new CResponder(workshop, cpu)),
            new("cached", cpu => new RingwallGuard(workshop, cpu, [cacheable])),
            new("host_cached", cpu => new RingwallGuard(workshop, cpu, [cacheable])) { WritableFiles = true },
            new("one_sensor", cpu => new RingwallGuard(workshop, cpu, [asked])),
            new("one_sensor_reads", cpu => new RingwallGuard(workshop, cpu, [asked with { Reads = true }])),
            new("three_sensors", cpu => new RingwallGuard(workshop, cpu, [asked, asked, asked])),
            new("fapolicyd", cpu => new Fapolicyd(workshop, cpu)) { Needs = "fapolicyd" },
            new("clamonacc", cpu => new Clamonacc(workshop, cpu)) { Needs = "clamonacc", Slower = 10 },
        ];
        return all.Where(kind => workshop.Options.Wants(kind.Name));
    }

    private void Measure(SideKind kind, int? cpu)
    {
        if (kind.WhyMissing is { } why)
        {
            _report.Note(why);
            return;
        }

        int opens = (workshop.Options.Quick ? 500 : 20_000) / kind.Slower;
        int executions = (workshop.Options.Quick ? 50 : 2_000) / kind.Slower;
        using ISide side = kind.Start(cpu);
        Asker asker = new(workshop, _report);
        string ending = cpu is null ? "_free" : "";
        asker.Ask(side, $"{kind.Name}{ending}", cpu, ["open", $"{opens}", $"{opens}", .. workshop.OpenFiles(kind.WritableFiles)]);
        asker.Ask(side, $"exec_{kind.Name}{ending}", cpu, ["exec", $"{executions}", $"{executions / 4}", workshop.Program(kind.WritableFiles)]);
    }

    private void AddRatios(string ending)
    {
        foreach (string prefix in (string[])["", "exec_"])
        {
            void Add(string name, string of, string over, string metric = "p50_us") =>
                _report.AddRatio($"{prefix}{name}{ending}", $"{prefix}{of}{ending}", $"{prefix}{over}{ending}", metric);

            Add("cached_over_unguarded", "cached", "unguarded");
            Add("c_over_unguarded", "c", "unguarded");
            Add("host_cached_over_c_p50", "host_cached", "c");
            Add("one_sensor_over_c_p50", "one_sensor", "c");
            Add("one_sensor_over_c_p99", "one_sensor", "c", "p99_us");
            Add("three_sensors_over_c_p50", "three_sensors", "c");
            Add("one_sensor_over_fapolicyd_p50", "one_sensor", "fapolicyd");
            Add("one_sensor_over_clamonacc_p50", "one_sensor", "clamonacc");
            Add("cached_over_fapolicyd_p50", "cached", "fapolicyd");
        }
    }
}
