using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwall.Museum.Canary;
using Ringwall.Museum.Exhibits;
using Ringwall.Museum.Staging;
using Ringwall.Wire.Status;

namespace Ringwall.Museum.Replays;

/// <summary>Plays one exhibit, or its control, once, on filesystems of its own.</summary>
internal sealed class Replay
{
    /// <summary>What the sensor in question is called.</summary>
    public const string Subject = "subject";

    private const int Attempts = 3;
    private const double QuietSeconds = 1.5;
    private readonly Exhibit _exhibit;
    private readonly bool _control;
    private readonly List<Moment> _moments = [];

    private Replay(Exhibit exhibit, bool control) => (_exhibit, _control) = (exhibit, control);

    /// <summary>Plays it; again when nothing but lateness was seen and the machine was too busy for that to mean anything.</summary>
    public static Outcome Of(Exhibit exhibit, bool control)
    {
        Outcome outcome = Once(exhibit, control);
        for (int again = 1; again < Attempts && outcome is { OnlyLate: true, Noisy: true, Control: false }; again++)
        {
            Console.WriteLine($"    played again, the machine was busy ({outcome.Pressure:P0} of the time something waited for a processor, an unguarded operation {outcome.NoiseMs:0} ms): {string.Join("; ", outcome.Harms)}");
            outcome = Once(exhibit, control);
        }

        return outcome;
    }

    private static Outcome Once(Exhibit exhibit, bool control)
    {
        string home = Directory.CreateTempSubdirectory("ringwall-museum-").FullName;
        try
        {
            using Guard guard = new(home, new Replay(exhibit, control) is { } replay ? replay.Configure : throw new UnreachableException());
            return replay.Play(guard);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private JsonObject Configure(Guard guard, JsonObject configuration)
    {
        JsonObject subject = new()
        {
            ["name"] = Subject,
            ["folder"] = SensorFolder.Engine(Path.Combine(guard.Home, "engine"), Subject),
            ["content"] = new JsonArray(SensorFolder.Content(Content(guard), _exhibit.Good)),
            ["limits"] = new JsonObject { ["memoryMb"] = 64, ["processes"] = 16, ["cpuPercent"] = 50 },
        };
        Put(subject, _exhibit.Sensor);
        JsonArray sensors = [subject];
        if (_exhibit.Second.Count > 0)
        {
            sensors.Add((JsonNode)new JsonObject
            {
                ["name"] = "second",
                ["folder"] = SensorFolder.Engine(Path.Combine(guard.Home, "engine-2"), "second"),
                ["content"] = new JsonArray(SensorFolder.Content(Path.Combine(guard.Home, "content-2"), _exhibit.Second)),
                ["limits"] = new JsonObject { ["memoryMb"] = 64, ["processes"] = 16 },
            });
        }

        configuration["sensors"] = sensors;
        Put(configuration, _exhibit.Configuration);
        if (_control)
        {
            Put(configuration, _exhibit.ControlConfiguration);
            Put(subject, _exhibit.ControlSensor);
        }

        return configuration;
    }

    private Outcome Play(Guard guard)
    {
        guard.AwaitReady();
        using Sightings sightings = new(guard.RunDirectory);
        using CanaryAtWork free = new(guard.Free, whole: false);
        using CanaryAtWork canary = new(guard.Mount);
        Watch(QuietSeconds, () => canary.Operations.Any(operation => operation.Kind == OperationKind.Install));
        IReadOnlyList<string> before = Judgement.FailuresOf(canary.Operations);
        if (before.Count > 0 || !canary.Operations.Any(operation => operation is { Kind: OperationKind.Watch, Error: not 0 }))
        {
            throw new MuseumException($"{_exhibit.Name}: the machine was ill before anything bad had arrived: {string.Join("; ", before)} {guard.Log()}");
        }

        long arrived = Stopwatch.GetTimestamp();
        CpuPressure pressure = CpuPressure.Begin();
        Note(MomentKind.Arrival, "the faulty release arrives");
        Arrive(guard);
        Watch(_exhibit.Seconds, null);
        List<string> harms = [];
        if (UpdatePathFault(guard) is { } dead)
        {
            harms.Add(dead);
        }

        canary.Dispose();
        free.Dispose();
        sightings.Dispose();
        Operation[] since = [.. canary.Operations.Where(operation => operation.StartedNs >= arrived)];
        IReadOnlyList<string> delays = Judgement.DelaysOf(since, DeadlineOf("execMs", 250), DeadlineOf("openMs", 100));
        harms.InsertRange(0, Judgement.FailuresOf(since));
        bool onlyLate = harms.Count == 0 && delays.Count > 0;
        harms.AddRange(delays);
        return Outcome(guard, sightings, canary, free, arrived, harms) with { OnlyLate = onlyLate, Pressure = pressure.Share() };
    }

    private void Arrive(Guard guard)
    {
        switch (_exhibit.Arrives)
        {
            case FaultArrival.InPlace:
                SensorFolder.Content(Content(guard), _exhibit.Faulty);
                (int exit, _, string complained) = guard.Ringwall("sensors", "restart", Subject);
                Note(MomentKind.InService, exit == 0 ? "it is restarted with it" : complained);
                break;
            default:
                throw new MuseumException($"{_exhibit.Name}: {_exhibit.Arrives} cannot be played");
        }
    }

    // Whatever the faulty generation did: the next release can still be brought in.
    private string? UpdatePathFault(Guard guard)
    {
        SensorFolder.Content(Content(guard), _exhibit.Good);
        (int exit, _, string complained) = guard.Ringwall("sensors", "restart", Subject);
        if (exit != 0)
        {
            return $"the update path is dead: {complained}";
        }

        Note(MomentKind.Note, "a mended release is brought in");
        return Tool.Await(() => guard.Status()?.Sensors.First(sensor => sensor.Name == Subject).State == "running", TimeSpan.FromSeconds(20))
            ? null
            : "the update path is dead: a mended release does not come into service";
    }

    private Outcome Outcome(Guard guard, Sightings sightings, CanaryAtWork canary, CanaryAtWork free, long arrived, List<string> harms)
    {
        IReadOnlyList<StatusSample> samples = sightings.Samples;
        SensorStatus? Of(StatusSample sample) => sample.Status?.Sensors.FirstOrDefault(sensor => sensor.Name == Subject);
        int strikesBefore = samples.LastOrDefault(sample => sample.AtNs < arrived) is { } last ? Of(last)?.Strikes ?? 0 : 0;
        StatusSample? noticed = samples.FirstOrDefault(sample => sample.AtNs >= arrived && Of(sample)?.Strikes > strikesBefore);
        if (noticed is not null)
        {
            _moments.Add(new Moment(noticed.AtNs, MomentKind.Strike, Of(noticed)!.LastStrike ?? "a strike"));
        }

        IReadOnlyList<Operation> operations = canary.Operations;
        return new Outcome
        {
            Exhibit = _exhibit,
            Control = _control,
            Harms = harms,
            DetectedMs = noticed is null ? null : (noticed.AtNs - arrived) / 1e6,
            GapMs = Judgement.GapMs(operations),
            NoticedBy = noticed is null ? "" : Of(noticed)!.LastStrike ?? "",
            LongestExecMs = Longest(operations, OperationKind.Exec),
            LongestOpenMs = Longest(operations, OperationKind.Open),
            NoiseMs = free.Operations.Select(operation => operation.TookMs).DefaultIfEmpty().Max(),
            Operations = operations,
            Samples = samples,
            Moments = [.. _moments.OrderBy(moment => moment.AtNs)],
            Log = guard.Log(),
        };
    }

    private static double Longest(IEnumerable<Operation> operations, OperationKind kind) =>
        operations.Where(operation => operation.Kind == kind).Select(operation => operation.TookMs).DefaultIfEmpty().Max();

    private double DeadlineOf(string key, double otherwise) => _exhibit.Configuration["deadlines"]?[key]?.GetValue<double>() ?? otherwise;

    private static string Content(Guard guard) => Path.Combine(guard.Home, "content");

    private void Note(MomentKind kind, string text) => _moments.Add(new Moment(Stopwatch.GetTimestamp(), kind, text));

    // Lets time pass until something is so, or, when nothing has to be, as long as it was told to.
    private static void Watch(double seconds, Func<bool>? until)
    {
        _ = Tool.Await(() => false, TimeSpan.FromSeconds(seconds));
        if (until is not null)
        {
            _ = Tool.Await(until, TimeSpan.FromSeconds(30));
        }
    }

    private static void Put(JsonObject onto, JsonObject more)
    {
        foreach ((string key, JsonNode? value) in more)
        {
            if (onto[key] is JsonObject inner && value is JsonObject added)
            {
                Put(inner, added);
            }
            else
            {
                onto[key] = value?.DeepClone();
            }
        }
    }
}
