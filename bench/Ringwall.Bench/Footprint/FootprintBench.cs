using Ringwall.Bench.Reporting;
using Ringwall.Bench.Running;
using Ringwall.Bench.Sides;

namespace Ringwall.Bench.Footprint;

/// <summary>How much memory guarding takes, and how soon after the start it begins.</summary>
internal sealed class FootprintBench(Workshop workshop)
{
    private const int UsualRounds = 7;

    private readonly Report _report = new("Footprint: resident memory after 20,000 asks, and time from the keeper's start");

    public Report Run()
    {
        _report.Require(new Bar("ringwall.host_rss_mb", 45));
        _report.Require(new Bar("ringwall.keeper_rss_mb", 22));
        _report.Require(new Bar("ringwall.first_ask_ms", 300));
        int rounds = workshop.Options.RoundsOr(UsualRounds);
        for (int round = 0; round < rounds; round++)
        {
            Ringwall();
            Peer("fapolicyd", () => new Fapolicyd(workshop, null));
            Peer("clamonacc", () => new Clamonacc(workshop, null));
            Console.Error.WriteLine($"footprint: round {round + 1} of {rounds}");
        }

        return _report;
    }

    private void Ringwall()
    {
        if (!workshop.Options.Wants("ringwall"))
        {
            return;
        }

        // The bench's own sensor is the first to be asked something that it refuses, which shows when the first ask was answered.
        SensorChoice[] sensors = [new SensorChoice { Asks = true }, new SensorChoice { Program = "yara" }, new SensorChoice { Program = "sigma" }];
        using var guard = new RingwallGuard(workshop, null, sensors);
        Load();
        _report.Add("ringwall", "host_rss_mb", ProcessTree.ResidentMb(guard.Host));
        _report.Add("ringwall", "keeper_rss_mb", ProcessTree.ResidentMb(guard.Keeper));
        _report.Add("ringwall", "first_ask_ms", (guard.FirstReadyNs - guard.StartedNs) / 1e6);
        _report.Add("ringwall", "yara_ready_ms", (guard.ReadyNs - guard.StartedNs) / 1e6);
        foreach (int pid in guard.Sensors)
        {
            // The kernel keeps 15 bytes of a name.
            string command = File.ReadAllText($"/proc/{pid}/cmdline");
            string name = command.Contains("yara", StringComparison.Ordinal) ? "yara" : command.Contains("sigma", StringComparison.Ordinal) ? "sigma" : "bench";
            _report.Add("ringwall", $"{name}_sensor_rss_mb", ProcessTree.ResidentMb(pid));
        }
    }

    private void Peer(string program, Func<ISide> start)
    {
        if (!workshop.Options.Wants(program))
        {
            return;
        }

        if (!Tool.Exists(program))
        {
            _report.Note($"{program} was not measured: it is not installed");
            return;
        }

        using ISide side = start();
        Load(slower: program == "clamonacc" ? 20 : 1);
        _report.Add(program, "rss_mb", side.Processes.Sum(ProcessTree.ResidentMb));
    }

    private void Load(int slower = 1)
    {
        int asks = (workshop.Options.Quick ? 500 : 20_000) / slower;
        using Tool asker = Tool.Start(null, workshop.Compiled("asker"), ["open", $"{asks}", "1", .. workshop.OpenFiles(writable: true)]);
        asker.Expect("warm");
        asker.Go();
        _ = asker.ReadNumbers();
    }
}
