using System.Diagnostics;
using System.Globalization;
using Ringwall.Museum.Canary;
using Ringwall.Museum.Replays;
using Ringwall.Museum.Staging;
using Ringwall.Wire.Status;

namespace Ringwall.Museum.Chaos;

// Owns:     the guard, the canary, the sightings of one soak.
// Threads:  the caller's does one thing to the guard after another; the others only watch.
// Ordering: keeper and host are never hit both at once: then the kernel lets everybody go, which is known and documented.

/// <summary>Does to a guard what can be done to one, at random, beside a machine at work, and looks all the time whether what must hold holds.</summary>
internal sealed class Soak : IDisposable
{
    private static readonly TimeSpan RecoveryPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan TrialPatience = TimeSpan.FromSeconds(8);
    private readonly string _home = Directory.CreateTempSubdirectory("ringwall-soak-").FullName;
    private readonly Random _random;
    private readonly Guard _guard;
    private readonly Sightings _sightings;
    private readonly CanaryAtWork _canary;
    private readonly CanaryAtWork _free;
    private static readonly TimeSpan LeakPatience = TimeSpan.FromSeconds(8);
    private readonly Leaks _leaks;
    private readonly SoakReport _report;
    private readonly (string Name, Action Do)[] _deeds;
    private readonly long _begun = Stopwatch.GetTimestamp();
    private int _release = 1;
    private int _judged;
    private int _hit;
    private string _last = "nothing";

    public Soak(int seed, double minutes)
    {
        // The deeds are the seed's alone: how long each takes is the machine's.
        _random = new Random(seed);
        _report = new SoakReport { Seed = seed, Minutes = minutes };
        _report.Skipped["clock-jump"] = "the real clock has no namespace of its own: to set it would change this machine. Tests of the host set the clock of each part that reads it, and a rule lists who does";
        _guard = new Guard(_home, SoakGround.Set);
        _guard.AwaitReady();
        _sightings = new Sightings(_guard, keepAll: false);
        _canary = new CanaryAtWork(_guard.Mount);
        _free = new CanaryAtWork(_guard.Free, whole: false);
        _leaks = new Leaks(_guard);
        _deeds =
        [
            ("kill-host", () => Hit("-KILL", _guard.Status()?.Pid)),
            ("stop-host", () => Hit("-STOP", _guard.Status()?.Pid)),
            ("kill-keeper", () => Hit("-KILL", _guard.Status()?.Keeper?.Pid)),
            ("stop-keeper", () => Hit("-STOP", _guard.Status()?.Keeper?.Pid)),
            ("kill-sensor", () => Signal("-KILL", SomeSensor()?.Pid)),
            ("stop-sensor", () => Signal("-STOP", SomeSensor()?.Pid)),
            ("restart-sensor", () => _guard.Ringwall("sensors", "restart", _random.Next(2) == 0 ? Scene.Subject : SoakGround.Steady)),
            ("hand-over", () => _guard.Ringwall("hand-over")),
            ("full-disk", FillDisk),
            ("install", () => _ = Bring(SoakGround.Good)),
            ("promote", () => OnGenerations("promote")),
            ("rollback", () => OnGenerations("rollback")),
            ("hostile", BringHostile),
            ("hostile", BringHostile),
            ("hostile", BringHostile),
        ];
    }

    public SoakReport Run(Action<string> say)
    {
        Await("everything is at work", say);
        Rest(say);
        while (Stopwatch.GetElapsedTime(_begun).TotalMinutes < _report.Minutes && _report.Broken.Count == 0)
        {
            (string name, Action deed) = _deeds[_random.Next(_deeds.Length)];
            int pauseMs = _random.Next(1200);
            _last = name;
            deed();
            _report.Faults[_last] = _report.Faults.GetValueOrDefault(_last) + 1;
            say(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(_begun).TotalSeconds,6:0.0} s  {_last}"));
            Await("the guard recovers", say);
            _ = Tool.Await(() => false, TimeSpan.FromMilliseconds(pauseMs));
            Judge();
            if (_report.Faults.Values.Sum() % 8 == 0)
            {
                Rest(say);
            }
        }

        Judge();
        _report.NoiseMs = _free.Operations.Select(operation => operation.TookMs).DefaultIfEmpty().Max();
        Dispose();
        foreach (string left in _leaks.AfterTheEnd())
        {
            Break(left);
        }

        return _report;
    }

    public void Dispose()
    {
        if (!Directory.Exists(_home))
        {
            return;
        }

        _canary.Dispose();
        _free.Dispose();
        _sightings.Dispose();
        _guard.Dispose();
        _ = Tool.Run("umount", "-l", _guard.StateDirectory);
        Directory.Delete(_home, recursive: true);
    }

    // Nobody waits too long, and what is to be refused is refused, whoever is away.
    private void Judge()
    {
        IReadOnlyList<Operation> all = _canary.Operations;
        foreach (Operation operation in all.Skip(_judged))
        {
            double bound = operation.Kind switch
            {
                OperationKind.Exec => (2 * SoakGround.DeadlineMs) + Judgement.GraceMs,
                OperationKind.Login or OperationKind.Install => double.PositiveInfinity,
                _ => SoakGround.DeadlineMs + Judgement.GraceMs,
            };
            if (!double.IsInfinity(bound) && operation.TookMs > _report.LongestWaitMs)
            {
                (_report.LongestWaitMs, _report.LongestWait) = (operation.TookMs, $"{operation.Kind} of {operation.Subject}, {_last}");
            }

            if (operation.TookMs > bound)
            {
                Break(string.Create(CultureInfo.InvariantCulture, $"{operation.Kind} of {operation.Subject} waited {operation.TookMs:0} ms"));
            }

            if (operation is { Kind: OperationKind.Watch, Error: 0 })
            {
                Break($"the policy lapsed: {operation.Subject} was opened");
            }
        }

        _judged = all.Count;
        _report.Operations = all.Count;
    }

    // The guard is at work again, and so is the machine: every kind of operation succeeds.
    private void Await(string what, Action<string> say)
    {
        long from = Stopwatch.GetTimestamp();
        bool well = Tool.Await(
            () =>
            {
                _leaks.Saw(_sightings.Latest?.Status);
                return SoakGround.IsWell(_sightings.Latest?.Status) && _sightings.Latest!.Status is { } status && status.Pid != _hit && status.Keeper?.Pid != _hit && _sightings.Latest.AtNs > from + 300_000_000 && WorksSince(_sightings.Latest.AtNs - 200_000_000);
            },
            RecoveryPatience);
        Judge();
        if (!well)
        {
            Break($"not within {RecoveryPatience.TotalSeconds:0} s: {what}; {SoakGround.Said(_sightings.Latest)}");
            say(_guard.Log());
        }
    }

    private bool WorksSince(long ns)
    {
        Operation[] since = [.. _canary.Operations.TakeLast(400).Where(operation => operation.StartedNs >= ns)];
        return since.Any(operation => operation is { Kind: OperationKind.Exec, Error: 0 }) && since.Any(operation => operation is { Kind: OperationKind.Open, Error: 0 })
            && since.Any(operation => operation is { Kind: OperationKind.Watch, Error: not 0 });
    }

    private void Rest(Action<string> say)
    {
        // What a dead host's sensors leave behind is removed when they have died.
        string[] leaks = [];
        _ = Tool.Await(() => (leaks = _sightings.Latest?.Status is { } status ? [.. _leaks.Look(status)] : []).Length == 0, LeakPatience);
        foreach (string leak in leaks)
        {
            Break(leak);
        }

        IReadOnlyList<GenerationSeen> generations = _sightings.Latest?.Generations ?? [];
        if (generations.Count > 0 && generations.Count(generation => generation.State == "in service") != 1)
        {
            Break($"the store is not whole: {string.Join(", ", generations)}");
            say(_guard.Log());
        }
    }

    private void BringHostile()
    {
        (string name, string[] lines) = Hostilities.All[_random.Next(Hostilities.All.Count)];
        int endureMs = 1000 + _random.Next(3000);
        _last = $"hostile {name}";
        _ = Bring([.. SoakGround.Good, .. lines]);
        _ = Tool.Await(() => false, TimeSpan.FromMilliseconds(endureMs));

        // A host that is just being replaced takes no order. What is hostile must not stay: its processes would look like a leak.
        _ = Tool.Await(() => Bring(SoakGround.Good) && Tool.Await(() => Newest() is not { State: not "in service" }, TrialPatience), RecoveryPatience);
    }

    // As a release, promoted whatever probation thinks of it; or, before there are generations, in place. False: the order was not taken.
    private bool Bring(IEnumerable<string> lines)
    {
        if ((_sightings.Latest?.Generations.Count ?? 0) == 0)
        {
            SensorFolder.Content(Scene.Content(_guard), lines);
            return _guard.Ringwall("sensors", "restart", Scene.Subject).Exit == 0;
        }

        string version = $"{++_release}.{_report.Seed}";
        string package = Release.Pack(Path.Combine(_home, "release.tar.gz"), Scene.Subject, version, [$"content {version}", .. lines.Skip(1)]);
        long before = Newest()?.Number ?? 0;
        if (_guard.Ringwall("install", package).Exit != 0)
        {
            return false;
        }

        _ = Tool.Await(() => Newest() is { State: "refused" or "in service" } newest && newest.Number > before, TrialPatience);
        if (Newest() is { State: not "in service" } waiting)
        {
            _ = _guard.Ringwall("promote", Scene.Subject, string.Create(CultureInfo.InvariantCulture, $"{waiting.Number}"));
        }

        return true;
    }

    private GenerationSeen? Newest() => _sightings.Latest?.Generations.MaxBy(generation => generation.Number);

    private void OnGenerations(string verb)
    {
        if ((_sightings.Latest?.Generations.Count ?? 0) > 0)
        {
            _ = _guard.Ringwall(verb, Scene.Subject);
        }
    }

    private void FillDisk()
    {
        string ballast = Path.Combine(_guard.StateDirectory, "ballast");
        _ = Tool.Run("dd", "if=/dev/zero", $"of={ballast}", "bs=1M");
        _ = _guard.Ringwall("sensors", "restart", Scene.Subject);
        _ = Tool.Await(() => false, TimeSpan.FromSeconds(1));
        File.Delete(ballast);
    }

    private SensorStatus? SomeSensor() => _guard.Status()?.Sensors is { Count: > 0 } sensors ? sensors[_random.Next(sensors.Count)] : null;

    // Until another is there in its place the other one must not be hit.
    private void Hit(string signal, int? pid)
    {
        _hit = pid ?? 0;
        Signal(signal, pid);
    }

    private static void Signal(string signal, int? pid)
    {
        // Between the status and the signal the process may have ended and its number be another's.
        if (pid is > 1 && File.Exists($"/proc/{pid}/comm") && File.ReadAllText($"/proc/{pid}/comm").Trim() is "ringwalld" or "ringwall-keeper" or "faulty")
        {
            _ = Tool.Run("kill", signal, string.Create(CultureInfo.InvariantCulture, $"{pid}"));
        }
    }

    private void Break(string what)
    {
        if (_report.Broken.Count < 20)
        {
            _report.Broken.Add(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(_begun).TotalSeconds:0.0} s, after {_last}: {what}"));
        }
    }
}
