using Ringwall.Bench.Reporting;
using Ringwall.Bench.Running;
using Ringwall.Bench.Sides;

namespace Ringwall.Bench.Tells;

/// <summary>How many events reach a sensor, what each costs, and who loses what when one of two sensors is stopped.</summary>
internal sealed class TellBench
{
    private const int UsualRounds = 5;

    // A start, a fork and an end for each program; a creation, a write, a rename and a deletion for each file.
    private const int EventsPerProgram = 3;
    private const int EventsPerFile = 4;

    private readonly Workshop _workshop;
    private readonly Report _report = new("Telling: storms of processes and files to one sensor, two workers per CPU");
    private readonly string _nop;
    private readonly string _reportProgram;
    private readonly int _programs;
    private readonly int _files;
    private readonly int _workers = 2 * Environment.ProcessorCount;

    public TellBench(Workshop workshop)
    {
        _workshop = workshop;
        _programs = workshop.Options.Quick ? 100 : 5_000;
        _files = workshop.Options.Quick ? 100 : 10_000;

        // Outside of the field: executions are told wherever they happen, and nobody is to be asked about these.
        string folder = workshop.NewFolder("programs");
        _nop = Path.Combine(folder, "storm-nop");
        _reportProgram = Path.Combine(folder, "storm-report");
        File.Copy(workshop.Compiled("nop", "-static"), _nop);
        File.Copy(_nop, _reportProgram);
        Directory.CreateDirectory(StormFiles);
    }

    private string StormFiles => Path.Combine(_workshop.Field, "storm-files");

    public Report Run()
    {
        _report.Require(new Bar("process_storm.lost", 0));
        _report.Require(new Bar("process_storm.missing", 0));
        _report.Require(new Bar("stalled_sensor.others_lost", 0));
        _report.Require(new Bar("stalled_sensor.unaccounted", 0));
        int rounds = _workshop.Options.RoundsOr(UsualRounds);
        for (int round = 0; round < rounds; round++)
        {
            Unwatched();
            Told();
            Bare();
            Audited();
            Stalled();
            foreach (string other in (string[])["process_storm", "process_storm_bare", "process_storm_auditd"])
            {
                _report.AddRatio($"{other}_time_over_unwatched", other, "process_storm_unwatched", "wall_ms");
            }

            _report.AddRatio("file_storm_time_over_unwatched", "file_storm", "file_storm_unwatched", "wall_ms");
            _report.AddRatio("process_storm_cpu_over_auditd", "process_storm", "process_storm_auditd", "cpu_us_per_program");
            _report.AddRatio("process_storm_cpu_over_bare", "process_storm", "process_storm_bare", "cpu_us_per_program");
            Console.Error.WriteLine($"tell: round {round + 1} of {rounds}");
        }

        return _report;
    }

    private void Unwatched()
    {
        Storm storm = ProcessStorm(() => []);
        Add("process_storm_unwatched", storm, _programs, EventsPerProgram, 0, 0);
        Add("file_storm_unwatched", FileStorm(() => []), _files, EventsPerFile, 0, 0);
    }

    private void Told()
    {
        if (!_workshop.Options.Wants("process_storm"))
        {
            return;
        }

        using var told = new ToldGuard(_workshop, _reportProgram, sensors: 1);
        Counts before = told.Ask(TimeSpan.FromSeconds(10))[0];
        Storm storm = ProcessStorm(() => told.Guard.Processes);
        Counts after = told.Ask(TimeSpan.FromSeconds(10))[0];
        int programs = _programs * _workers;
        double missing = Math.Max(programs - (after["starts"] - before["starts"]), programs - (after["exits"] - before["exits"]));
        Add("process_storm", storm, _programs, EventsPerProgram, after["lost"] - before["lost"], missing);

        before = after;
        storm = FileStorm(() => told.Guard.Processes);
        int files = _files * _workers;
        string[] kinds = ["created", "written", "renamed", "deleted"];
        bool All(IReadOnlyList<Counts> counts) => kinds.All(kind => counts[0][kind] - before[kind] >= files);
        after = told.Ask(TimeSpan.FromSeconds(10), All)[0];
        missing = kinds.Sum(kind => files - (after[kind] - before[kind]));
        Add("file_storm", storm, _files, EventsPerFile, after["lost"] - before["lost"], missing);
    }

    private void Bare()
    {
        if (!_workshop.Options.Wants("process_storm_bare"))
        {
            return;
        }

        if (!Tool.Exists("clang"))
        {
            _report.Note("process_storm_bare was not measured: clang is not installed");
            return;
        }

        using Tool bare = Tool.Start(null, _workshop.Compiled("bare", "-lbpf"), _workshop.Compiled("bare.bpf.o"));
        bare.Expect("ready");
        Storm storm = ProcessStorm(() => [bare.Pid]);
        bare.Go();
        Dictionary<string, double> counted = bare.ReadNumbers();
        Add("process_storm_bare", storm, _programs, EventsPerProgram, counted["lost"], Math.Max(0, (_programs * _workers) - counted["starts"]));
    }

    private void Audited()
    {
        if (!_workshop.Options.Wants("process_storm_auditd"))
        {
            return;
        }

        if (!Tool.Exists("auditd"))
        {
            _report.Note("process_storm_auditd was not measured: auditd is not installed");
            return;
        }

        using var audit = new Auditd(_workshop);
        double lost = Auditd.Lost();
        Storm storm = ProcessStorm(() => audit.Processes);
        Add("process_storm_auditd", storm, _programs, 1, Auditd.Lost() - lost, 0);
    }

    // Two sensors are told the same; one is stopped while more happens than can be kept for it.
    private void Stalled()
    {
        if (!_workshop.Options.Wants("stalled_sensor"))
        {
            return;
        }

        using var told = new ToldGuard(_workshop, _reportProgram, sensors: 2);
        IReadOnlyList<Counts> before = told.Ask(TimeSpan.FromSeconds(10));
        int[] sensors = [.. told.Guard.Sensors];
        int stalled = sensors.First(pid => File.ReadAllText($"/proc/{pid}/cmdline").Contains("bench-1", StringComparison.Ordinal));
        _ = Tool.Require("kill", "-STOP", $"{stalled}");
        try
        {
            // Short enough that supervision does not take the sensor for hung before it goes on.
            _ = Run("process", _programs / 8, _nop, () => []);
        }
        finally
        {
            _ = Tool.Run("kill", "-CONT", $"{stalled}");
        }

        if (!told.Guard.Sensors.SequenceEqual(sensors))
        {
            _report.Note("the host had replaced the stalled sensor before it could go on, so its loss could not be checked");
            return;
        }

        IReadOnlyList<Counts> after = told.Ask(TimeSpan.FromSeconds(20));
        double Delta(int sensor, string name) => after[sensor][name] - before[sensor][name];
        _report.Add("stalled_sensor", "others_received", Delta(0, "all"));
        _report.Add("stalled_sensor", "others_lost", Delta(0, "lost"));
        _report.Add("stalled_sensor", "received", Delta(1, "all"));
        _report.Add("stalled_sensor", "lost", Delta(1, "lost"));
        _report.Add("stalled_sensor", "unaccounted", Math.Abs(Delta(0, "all") - Delta(1, "all") - Delta(1, "lost")));
        _report.Add("stalled_sensor", "guessed", after[1]["guessed"]);
    }

    private Storm ProcessStorm(Func<IReadOnlyList<int>> watchers) => Run("process", _programs, _nop, watchers);

    private Storm FileStorm(Func<IReadOnlyList<int>> watchers) => Run("file", _files, StormFiles, watchers);

    private Storm Run(string kind, int count, string argument, Func<IReadOnlyList<int>> watchers)
    {
        using Tool storm = Tool.Start(null, _workshop.Compiled("storm"), kind, $"{_workers}", $"{count}", argument);
        storm.Expect("warm");
        long before = ProcessTree.CpuNs(watchers());
        storm.Go();
        double wall = storm.ReadNumbers()["wall_ns"];

        // What was told last is still on its way: it counts, too.
        _ = Tool.Run("sleep", "0.3");
        return new Storm(wall, ProcessTree.CpuNs(watchers()) - before);
    }

    private void Add(string name, Storm storm, int perWorker, int eventsEach, double lost, double missing)
    {
        double things = perWorker * _workers;
        string thing = name.StartsWith("file", StringComparison.Ordinal) ? "file" : "program";
        _report.Add(name, "wall_ms", storm.WallNs / 1e6);
        _report.Add(name, $"{thing}s_per_s", things / storm.WallNs * 1e9);
        _report.Add(name, "events_per_s", things * eventsEach / storm.WallNs * 1e9);
        _report.Add(name, $"cpu_us_per_{thing}", storm.WatcherNs / things / 1000);
        _report.Add(name, "cpu_us_per_event", storm.WatcherNs / (things * eventsEach) / 1000);
        _report.Add(name, "lost", lost);
        _report.Add(name, "missing", missing);
    }

    private readonly record struct Storm(double WallNs, double WatcherNs);
}
