using System.Diagnostics;
using System.Globalization;
using Ringwall.Museum.Canary;
using Ringwall.Museum.Exhibits;
using Ringwall.Museum.Staging;

namespace Ringwall.Museum.Replays;

/// <summary>Plays one exhibit, or its control, on filesystems of its own.</summary>
internal sealed class Replay
{
    private const int Attempts = 3;
    private const double QuietSeconds = 1;

    /// <summary>From the detection until the previous generation is in service, and until what is to be refused is refused again.</summary>
    private const double ReturnMs = 1000;

    private static readonly TimeSpan UpdatePatience = TimeSpan.FromSeconds(45);
    private readonly Exhibit _exhibit;
    private readonly bool _control;
    private readonly FaultArrival _arrives;
    private readonly List<Moment> _moments = [];

    private Replay(Exhibit exhibit, bool control) =>
        (_exhibit, _control, _arrives) = (exhibit, control, control ? exhibit.ControlArrives ?? exhibit.Arrives : exhibit.Arrives);

    /// <summary>Plays it; again when the machine was too busy for what was seen to mean anything: nothing but lateness, or in a control no harm, for there was little to take from anybody.</summary>
    public static Outcome Of(Exhibit exhibit, bool control)
    {
        List<string> notCounted = [];
        Outcome outcome = Once(exhibit, control);
        for (int again = 1; again < Attempts && outcome.Noisy && (control ? outcome.Harmless : outcome.OnlyLate); again++)
        {
            Console.Error.WriteLine($"    played again, the machine was busy ({outcome.Pressure:P0} of the time something waited for a processor, an unguarded operation {outcome.NoiseMs:0} ms): {(outcome.Harmless ? "its control did no harm" : string.Join("; ", outcome.Harms))}");
            notCounted.Add(string.Join("; ", outcome.Harms));
            outcome = Once(exhibit, control);
        }

        return outcome with { NotCounted = notCounted };
    }

    private static Outcome Once(Exhibit exhibit, bool control)
    {
        string home = Directory.CreateTempSubdirectory("ringwall-museum-").FullName;
        try
        {
            using Guard guard = new(home, (guard, configuration) => Scene.Set(guard, configuration, exhibit, control), exhibit.FreeMb);
            return new Replay(exhibit, control).Play(guard);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private Outcome Play(Guard guard)
    {
        guard.AwaitReady();
        if (_exhibit.Good.Contains("tells network") && guard.Status()?.Features.FirstOrDefault(feature => feature.Work == "network events") is { Uses: "nothing" } missing)
        {
            throw new MuseumException($"{_exhibit.Name}: this machine tells nobody of connections, for want of {missing.InsteadOf}");
        }

        using Sightings sightings = new(guard);
        using CanaryAtWork free = new(guard.Free, whole: false);
        using CanaryAtWork canary = new(guard.Mount);
        if (_exhibit.Second.Count > 0)
        {
            canary.Pipeline();
        }

        _ = Tool.Await(() => false, TimeSpan.FromSeconds(QuietSeconds));
        _ = Tool.Await(() => canary.Operations.Any(operation => operation.Kind == OperationKind.Install), TimeSpan.FromSeconds(30));
        IReadOnlyList<string> before = Judgement.FailuresOf(canary.Operations);
        if (before.Count > 0 || !canary.Operations.Any(operation => operation is { Kind: OperationKind.Watch, Error: not 0 }))
        {
            throw new MuseumException($"{_exhibit.Name}: the machine was ill before anything bad had arrived: {string.Join("; ", before)} {guard.Log()}");
        }

        IReadOnlyDictionary<string, string> tree = TreeState.Of(guard.Mount);
        long arrived = Stopwatch.GetTimestamp();
        long fallbacksBefore = Fallbacks(sightings);
        CpuPressure pressure = CpuPressure.Begin();
        Arrival arrival = new(_exhibit, _arrives, guard, sightings, canary, Note);
        arrival.Happen();
        _ = Tool.Await(() => false, TimeSpan.FromSeconds(_exhibit.Seconds));
        Course course = Course.Of(sightings.Samples, sightings.Advisories, arrival.ShowsNs, arrival.Faulty);
        Operation[] since = [.. canary.Operations.Where(operation => operation.StartedNs >= arrived)];
        long ended = Stopwatch.GetTimestamp();
        List<string> harms = [.. arrival.Harms, .. Judgement.FailuresOf(since)];
        harms.AddRange(Course.Excesses(sightings.Samples, _exhibit));
        harms.AddRange(Protection(course, since, ended));
        if ((!_control || harms.Count == 0) && UpdatePathFault(guard, sightings) is { } dead)
        {
            harms.Add(dead);
        }

        canary.Dispose();
        free.Dispose();
        sightings.Dispose();
        harms.AddRange(TreeState.Differences(tree, TreeState.Of(guard.Mount)).Where(_ => _exhibit.Arrives != FaultArrival.SystemUpdate));
        IReadOnlyList<string> delays = Judgement.DelaysOf([.. canary.Operations.Where(operation => operation.StartedNs >= arrived)], DeadlineOf("execMs", 250), DeadlineOf("openMs", 100));
        bool onlyLate = harms.Count == 0 && delays.Count > 0;
        harms.AddRange(delays);
        AddMoments(course, guard.Mount);
        return new Outcome
        {
            Exhibit = _exhibit,
            Control = _control,
            Harms = harms,
            OnlyLate = onlyLate,
            DetectedMs = course.DetectedMs,
            FallbackMs = course.FallbackMs,
            NoticedBy = course.NoticedBy.Replace(guard.Mount, "", StringComparison.Ordinal),
            GapMs = Judgement.GapMs(since),
            AsksByFallback = Fallbacks(sightings) - fallbacksBefore,
            LongestExecMs = Longest(since, OperationKind.Exec),
            LongestOpenMs = Longest(since, OperationKind.Open),
            NoiseMs = free.Operations.Where(operation => operation.StartedNs >= arrived).Select(operation => operation.TookMs).DefaultIfEmpty().Max(),
            Pressure = pressure.Share(),
            Operations = canary.Operations,
            Samples = sightings.Samples,
            Moments = [.. _moments.OrderBy(moment => moment.AtNs)],
            Log = guard.Log(),
        };
    }

    // The previous generation in service, and what is to be refused refused again, within a second of the detection.
    private IEnumerable<string> Protection(Course course, IReadOnlyList<Operation> since, long ended)
    {
        // A single note is one: what was noted did no harm, and there may never be another. Whatever is more than that is measured from the first note on.
        if (course.InServiceNs is not null && course.DecidedNs is not null && course.FallbackMs is not <= ReturnMs)
        {
            yield return course.FallbackMs is { } ms ? $"the previous generation was in service only {ms:0} ms after the detection" : "the previous generation did not come into service again";
        }

        long from = (course.NoticedNs ?? course.ShowsNs) + (long)(ReturnMs * 1e6);
        double gap = Judgement.GapMs(since.Where(operation => operation.StartedNs >= from && operation.StartedNs < ended));
        if (gap > ReturnMs && _exhibit.Arrives == FaultArrival.Installed)
        {
            yield return $"what is to be refused was allowed for {gap:0} ms after the fault was {(course.NoticedNs is null ? "there" : "noticed")}";
        }

        int denied = since.Where(operation => operation is { Kind: OperationKind.Cue, Error: 1 }).Select(operation => operation.Subject).Distinct().Count();
        if (_exhibit.MostDenied is { } most && denied > most)
        {
            yield return $"{denied} different files of a user's were denied; {most} are the bound";
        }
    }

    // Whatever the faulty one did: the next release can still be brought in.
    private string? UpdatePathFault(Guard guard, Sightings sightings)
    {
        Note(MomentKind.Note, "a mended release is brought in");
        if (_arrives != FaultArrival.Installed)
        {
            SensorFolder.Content(Scene.Content(guard), [.. _exhibit.Good.Where(line => !line.Contains("do hang", StringComparison.Ordinal))]);
            (int restarted, _, string why) = guard.Ringwall("sensors", "restart", Scene.Subject);
            return restarted == 0 && Tool.Await(() => sightings.Latest?.Subject?.State == "running", UpdatePatience) ? null : $"the update path is dead: {why}";
        }

        string package = Release.Pack(Path.Combine(guard.Home, "mended.tar.gz"), Scene.Subject, "3", ["content 3", .. _exhibit.Good.Skip(1)]);
        (int exit, string said, string complained) = guard.Ringwall("install", package);
        if (exit != 0)
        {
            return $"the update path is dead: {complained}{said}";
        }

        // With the mended release in service; a sensor that was taken out is started by it. On a busy machine probation may find it slow, and is asked again.
        long after = Sightings.FreshFrom;
        for (int i = 0; i < Attempts; i++)
        {
            GenerationSeen? Mended() => sightings.Latest is { } latest && latest.AtNs > after ? latest.Generations.MaxBy(generation => generation.Number) : null;
            _ = Tool.Await(() => Mended()?.State is "in service" or "refused", UpdatePatience);
            if (Mended() is not { State: "refused" } mended)
            {
                return Mended()?.State == "in service" ? null : $"the update path is dead: the mended release is {Mended()}";
            }

            Note(MomentKind.Note, $"the mended release is tried again: {mended.Why}");
            _ = guard.Ringwall("promote", Scene.Subject, string.Create(CultureInfo.InvariantCulture, $"{mended.Number}"));
            after = Sightings.FreshFrom;
        }

        return "the update path is dead: the mended release is refused again and again";
    }

    private void AddMoments(Course course, string mount)
    {
        if (course.NoticedNs is { } noticed)
        {
            _moments.Add(new Moment(noticed, MomentKind.Strike, course.NoticedBy.Replace(mount, "", StringComparison.Ordinal)));
        }

        if (course.BackNs is { } back)
        {
            _moments.Add(new Moment(back, MomentKind.FellBack, "the generation before is in service again"));
        }
    }

    private static long Fallbacks(Sightings sightings) => sightings.Samples.LastOrDefault(sample => sample.Status is not null)?.Status?.Asks.Sum(asks => asks.ByFallback) ?? 0;

    private static double Longest(IEnumerable<Operation> operations, OperationKind kind) =>
        operations.Where(operation => operation.Kind == kind).Select(operation => operation.TookMs).DefaultIfEmpty().Max();

    // The control's own deadline does not excuse it.
    private double DeadlineOf(string key, double otherwise) => _exhibit.Configuration["deadlines"]?[key]?.GetValue<double>() ?? otherwise;

    private void Note(MomentKind kind, string text) => _moments.Add(new Moment(Stopwatch.GetTimestamp(), kind, text));
}
