using System.Diagnostics;
using System.Globalization;
using Ringwall.Museum.Canary;
using Ringwall.Museum.Exhibits;
using Ringwall.Museum.Staging;

namespace Ringwall.Museum.Replays;

/// <summary>Brings the fault onto the machine, as its story has it, and notes the moments.</summary>
internal sealed class Arrival(Exhibit exhibit, FaultArrival arrives, Guard guard, Sightings sightings, CanaryAtWork canary, Action<MomentKind, string> note)
{
    private const int Promotions = 3;
    private static readonly TimeSpan ProbationPatience = TimeSpan.FromSeconds(45);

    /// <summary>The faulty generation's number; null when none was installed.</summary>
    public long? Faulty { get; private set; }

    /// <summary>When the fault could first be seen: CLOCK_MONOTONIC.</summary>
    public long ShowsNs { get; private set; }

    /// <summary>What should have been and was not.</summary>
    public List<string> Harms { get; } = [];

    public void Happen()
    {
        ShowsNs = Stopwatch.GetTimestamp();
        switch (arrives)
        {
            case FaultArrival.InPlace:
                SensorFolder.Content(Scene.Content(guard), exhibit.Faulty);
                Order("the sensor is restarted with the faulty content", "sensors", "restart", Scene.Subject);
                break;
            case FaultArrival.SystemUpdate:
                string fresh = Path.Combine(guard.Mount, "etc/release.new");
                File.WriteAllText(fresh, "RELEASE=2\n");
                File.Move(fresh, Path.Combine(guard.Mount, "etc/release"), overwrite: true);
                note(MomentKind.Arrival, "the system's own update arrives");
                break;
            default:
                Install();
                break;
        }

        if (exhibit.CueAfterSeconds is { } seconds)
        {
            _ = Tool.Await(() => false, TimeSpan.FromSeconds(seconds));
            ShowsNs = Stopwatch.GetTimestamp();
            note(MomentKind.Cue, "somebody does what nobody had done before");
            canary.Cue();
        }
    }

    private void Install()
    {
        long unixMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        string[] lines = [.. exhibit.Faulty.Select(line => Dated(line, unixMs))];
        (string, string)? engine = exhibit.Engine is { } version
            ? (SensorFolder.Engine(Path.Combine(guard.Home, "engine-new"), Scene.Subject, version, Scene.Rights(exhibit)), version)
            : null;
        if (exhibit.WrongSchema)
        {
            string honest = Release.Pack(Path.Combine(guard.Home, "honest.tar.gz"), Scene.Subject, "1.9", lines, engine, Release.Fields + 1);
            (int exit, _, string complained) = guard.Ringwall("install", honest);
            note(MomentKind.Refused, exit == 0 ? "the content for another schema was taken" : complained.Trim());
            if (exit == 0)
            {
                Harms.Add("content for another schema was not refused");
            }
        }

        HashSet<long> before = [.. sightings.Latest?.Generations.Select(generation => generation.Number) ?? []];
        string package = Release.Pack(Path.Combine(guard.Home, "faulty.tar.gz"), Scene.Subject, "2", lines, engine);
        Order("the faulty release is installed", "install", package);
        _ = Tool.Await(() => sightings.Latest?.Generations.Any(generation => !before.Contains(generation.Number)) == true, ProbationPatience);
        Faulty = sightings.Latest?.Generations.FirstOrDefault(generation => !before.Contains(generation.Number))?.Number
            ?? throw new MuseumException($"{exhibit.Name}: the release did not become a generation: {guard.Log()}");
        GenerationSeen seen = AwaitVerdict(after: 0);

        // A fault that waits for something has to come into service; on a busy machine probation may have found something else, and is asked again.
        int promotions = exhibit.CueAfterSeconds is not null ? Promotions : exhibit.Forced ? 1 : 0;
        for (int i = 0; i < promotions && seen.State == "refused"; i++)
        {
            ShowsNs = Stopwatch.GetTimestamp();
            Order("an operator promotes it all the same", "promote", Scene.Subject, string.Create(CultureInfo.InvariantCulture, $"{Faulty}"));
            seen = AwaitVerdict(after: Sightings.FreshFrom);
        }

        if (seen.State == "refused" && exhibit.CueAfterSeconds is not null)
        {
            throw new MuseumException($"{exhibit.Name}: the fault waits for something, and probation refused it before: {seen.Why}");
        }
    }

    // What became of it: it is in service, or was, or is refused.
    private GenerationSeen AwaitVerdict(long after)
    {
        if (!Tool.Await(() => sightings.Latest is { } latest && latest.AtNs > after && latest.Generation(Faulty)?.State is "refused" or "in service" or "kept" or "fallback", ProbationPatience))
        {
            throw new MuseumException($"{exhibit.Name}: probation comes to no end: {guard.Log()}");
        }

        GenerationSeen seen = sightings.Latest!.Generation(Faulty)!;
        note(
            seen.State == "refused" ? MomentKind.Refused : MomentKind.InService,
            seen.State == "refused" ? $"refused: {seen.Why}" : exhibit.Untried ? "it is in service, untried" : "it passed probation and is in service");
        return seen;
    }

    private void Order(string what, params string[] command)
    {
        note(MomentKind.Arrival, what);
        (int exit, string said, string complained) = guard.Ringwall(command);
        if (exit != 0)
        {
            throw new MuseumException($"{exhibit.Name}: `ringwall {string.Join(' ', command)}` ended with {exit}: {complained}{said}");
        }
    }

    // "${arrival+12}": milliseconds of the real clock, twelve seconds from now.
    private string Dated(string line, long unixMs)
    {
        const string mark = "${arrival+";
        int at = line.IndexOf(mark, StringComparison.Ordinal);
        if (at < 0)
        {
            return line;
        }

        int end = line.IndexOf('}', at);
        long seconds = long.Parse(line[(at + mark.Length)..end], CultureInfo.InvariantCulture);
        ShowsNs = Stopwatch.GetTimestamp() + (seconds * 1_000_000_000);
        return string.Create(CultureInfo.InvariantCulture, $"{line[..at]}{unixMs + (seconds * 1000)}{line[(end + 1)..]}");
    }
}
