using System.Globalization;
using System.Text.Json;
using Ringwall.Bench.Reporting;
using Ringwall.Bench.Running;
using Ringwall.Bench.Sides;

namespace Ringwall.Bench.Succession;

// Ordering: the asker opens without pause all the while; what happens to the generations happens beside it.

/// <summary>
/// What a process that opens files without pause sees of promotions, rollbacks and the sudden death of the generation in service. What nobody answers is denied here, so that no
/// ask without an answer goes unseen.
/// </summary>
internal sealed class SuccessionBench(Workshop workshop)
{
    private const string Sensor = "bench-0";
    private const int UsualRounds = 3;
    private const int AsksPerSecond = 20_000;
    private const double DeadlineMs = 100;
    private readonly Report _report = new("Promotions and fallbacks under 20,000 asks a second, fallback closed: what one open() waits, in microseconds, and how many were refused");

    public Report Run()
    {
        _report.Require(new Bar("succession.refused", 0));
        _report.Require(new Bar("succession.late", 0));
        _report.Require(new Bar("succession.missing_asks_percent", 2));
        int rounds = workshop.Options.RoundsOr(UsualRounds);
        for (int round = 0; round < rounds; round++)
        {
            // The control: the same asks, nothing happens.
            Ask("quiet", _ => { });
            Ask("succession", Succeed);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"succession: round {round + 1} of {rounds}"));
        }

        return _report;
    }

    private void Ask(string name, Action<RingwallGuard> happens)
    {
        using RingwallGuard guard = new(workshop, null, [new SensorChoice { Asks = true }], closed: true, [workshop.Field]);
        string package = Path.Combine(guard.RunDirectory, "candidate.tar.gz");
        Tool.Require(workshop.CommandLine, "pack", package, "--release", "2", "--engine", guard.SensorFolder(0));
        Tool.Require(workshop.CommandLine, "install", package, "--run-dir", guard.RunDirectory);

        int lastingMs = workshop.Options.Quick ? 6000 : 20_000;
        string[] arguments = ["steady", $"{AsksPerSecond}", $"{lastingMs}", .. workshop.OpenFiles(writable: false)];
        using Tool asker = Tool.Start(null, workshop.Compiled("asker"), arguments);
        asker.Expect("warm");
        asker.Go();
        long until = RingwallGuard.MonotonicNs() + ((lastingMs - 1500) * 1_000_000L);
        int done = 0;
        do
        {
            happens(guard);
            done++;
            _ = Tool.Run("sleep", "0.5");
        }
        while (RingwallGuard.MonotonicNs() < until);

        Dictionary<string, double> numbers = asker.ReadNumbers();
        _report.Add(name, "refused", numbers["failures"]);
        _report.Add(name, "late", numbers["max_ns"] / 1e6 > DeadlineMs ? 1 : 0);
        _report.Add(name, "missing_asks_percent", Math.Max(0, 100 * (1 - (numbers["count"] / (numbers["wall_ns"] / 1e9 * AsksPerSecond)))));
        foreach (string metric in (string[])["p50", "p99", "p999", "max"])
        {
            _report.Add(name, $"{metric}_us", numbers[$"{metric}_ns"] / 1000);
        }

        _report.Add(name, "times", done);
    }

    // Promoted by a person's word, taken back by one, promoted again, and killed: its fallback takes over.
    private void Succeed(RingwallGuard guard)
    {
        Order(guard, "promote", "1");
        Require(guard, 1);
        Order(guard, "rollback");
        Require(guard, 0);
        Order(guard, "promote", "1");
        Require(guard, 1);
        Tool.Require("kill", "-KILL", InService(guard).Pid.ToString(CultureInfo.InvariantCulture));
        Require(guard, 0);
    }

    private void Order(RingwallGuard guard, string verb, params IEnumerable<string> more) =>
        Tool.Require(workshop.CommandLine, [verb, Sensor, .. more, "--run-dir", guard.RunDirectory]);

    private void Require(RingwallGuard guard, long number)
    {
        for (long until = RingwallGuard.MonotonicNs() + 10_000_000_000; InService(guard).Number != number; _ = Tool.Run("sleep", "0.05"))
        {
            if (RingwallGuard.MonotonicNs() > until)
            {
                throw new BenchException($"generation {number} did not come into service within ten seconds. {guard.Errors}");
            }
        }
    }

    private (long Number, int Pid) InService(RingwallGuard guard)
    {
        using JsonDocument sensors = JsonDocument.Parse(Tool.Require(workshop.CommandLine, "sensors", "--json", "--run-dir", guard.RunDirectory));
        JsonElement sensor = sensors.RootElement.EnumerateArray().Single(one => one.GetProperty("name").GetString() == Sensor);
        return (sensor.GetProperty("generation").GetInt64(), sensor.GetProperty("pid").GetInt32());
    }
}
