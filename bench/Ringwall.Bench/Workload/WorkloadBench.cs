using Ringwall.Bench.Reporting;
using Ringwall.Bench.Running;
using Ringwall.Bench.Sides;

namespace Ringwall.Bench.Workload;

/// <summary>What a real job takes longer when it is guarded.</summary>
internal sealed class WorkloadBench
{
    private const int UsualRounds = 7;

    private readonly Workshop _workshop;
    private readonly Root _root;
    private readonly Report _report = new("Working: seconds for a build of 61 C files, git status, tar, and find over /usr/share");

    public WorkloadBench(Workshop workshop)
    {
        _workshop = workshop;
        _root = new Root(workshop);
    }

    public Report Run()
    {
        _report.Require(new Bar("guarded_later_over_unguarded", 1.05));
        int rounds = _workshop.Options.RoundsOr(UsualRounds);
        _ = _root.RunJob();
        for (int round = 0; round < rounds; round++)
        {
            Measure("unguarded", null, () => new Unguarded());
            Measure("guarded_first", null, StartRingwall, "guarded_later");
            Measure("fapolicyd", "fapolicyd", () => new Fapolicyd(_workshop, null));
            Measure("clamonacc", "clamonacc", () => new Clamonacc(_workshop, null, _root.Home));
            foreach (string side in (string[])["guarded_first", "guarded_later", "fapolicyd", "clamonacc"])
            {
                _report.AddRatio($"{side}_over_unguarded", side, "unguarded", "total_s");
                _report.AddRatio($"{side}_cpu_over_unguarded", side, "unguarded", "all_cpu_s");
            }

            Console.Error.WriteLine($"workload: round {round + 1} of {rounds}");
        }

        return _report;
    }

    private RingwallGuard StartRingwall() =>
        new(_workshop, null, [new SensorChoice { Program = "yara" }, new SensorChoice { Program = "sigma" }], _root.Home, _root.Tmp);

    private void Measure(string name, string? needs, Func<ISide> start, string? again = null)
    {
        if (!_workshop.Options.Wants(name))
        {
            return;
        }

        if (needs is not null && !Tool.Exists(needs))
        {
            _report.Note($"{name} was not measured: {needs} is not installed");
            return;
        }

        using ISide side = start();
        RunJob(side, name);
        if (again is not null)
        {
            RunJob(side, again);
        }
    }

    private void RunJob(ISide side, string name)
    {
        long before = ProcessTree.CpuNs(side.Processes);
        Dictionary<string, double> seconds = _root.RunJob();
        double guard = (ProcessTree.CpuNs(side.Processes) - before) / 1e9;
        foreach ((string part, double value) in seconds)
        {
            _report.Add(name, part, value);
        }

        _report.Add(name, "guard_cpu_s", guard);
        _report.Add(name, "all_cpu_s", guard + seconds["cpu_s"]);
    }
}
