using Ringwall.Rollouts;

namespace Ringwall.Server.Tests.Health;

/// <summary>
/// What a window is, worked out slowly from everything that ever happened: lists of moments for each device and the words of docs/rollout-rules.md. It shares with the view the rules'
/// own Membership, Standing, Age and ReportScreen, and nothing else.
/// </summary>
internal sealed class ObviousFleet(long startedAt, int cells)
{
    private const long Minute = 60_000;
    private const long Patience = 15 * Minute;

    public List<ObviousDevice> Devices { get; } = [];

    /// <summary>Published exposures: the first minute in which each holds, and the share by stratum.</summary>
    public List<(long Minute, double[] Share)> Steps { get; } = [];

    public long? ExposedMinute(ObviousDevice device) =>
        device.Stratum is { } s ? Steps.Where(step => device.Position < step.Share[s]).Select(step => (long?)step.Minute).FirstOrDefault() : null;

    public double ShareAt(int stratum, long moment) => Steps.Where(step => step.Minute <= moment / Minute).Select(step => step.Share[stratum]).LastOrDefault();

    public (EvidenceWindow Window, int[] Enrolled, int[] Reachable, int[] Exposed, int[] Installed, int[] Fallback) Window(long after, long minute)
    {
        int strata = cells * 4;
        var window = new EvidenceWindow(strata) { Minute = minute };
        int[] enrolled = new int[strata];
        int[] reachable = new int[strata];
        int[] exposed = new int[strata];
        int[] installed = new int[strata];
        int[] fallback = new int[strata];
        long from = (after + 1) * Minute;
        long until = (minute + 1) * Minute;
        long due = 0;
        foreach (ObviousDevice device in Devices.Where(device => device.Stratum is not null && device.EnrolledAt < until && !device.Retired))
        {
            int s = device.Stratum!.Value;
            long? since = ExposedMinute(device) is { } first && first <= minute ? first : null;
            bool late = device.EnrolledAt / 1000 > startedAt / 1000;
            (long At, bool Goodbye, bool Senseless)[] heard = [.. device.Heard.Where(report => report.At < until)];
            bool online = heard.Length > 0 && !heard[^1].Goodbye && heard[^1].At + Patience >= until;
            bool darkNow = heard.Length > 0 && !heard[^1].Goodbye && !online;
            bool reported = heard.Any(report => report.At >= from);
            bool ran = device.RanAt < until;
            bool offeredInTime = device.MaturedAt >= until || (since is { } offer
                && ReportScreen.Screen(new ReportFacts(device.MaturedAt / Minute, device.MaturedAt / Minute, 1, 0, device.MaturedAge, offer)) == ReportVerdict.Counts);
            bool senseless = ran && (since is null || !offeredInTime);
            long matured = device.MaturedAt < until && offeredInTime ? device.MaturedAt : long.MaxValue;

            // First sightings.
            long firstHarm = long.MaxValue;
            for (int measure = 0; measure < Measures.Standard.Length; measure++)
            {
                IEnumerable<long> shown = device.Shown.Where(harm => harm.Measure == measure).Select(harm => harm.At);
                shown = measure == Measures.Dark ? shown.Concat(DarkMoments(heard, until)) : shown;
                long when = shown.Where(at => at >= startedAt && at < until).DefaultIfEmpty(long.MaxValue).Min();
                if (when == long.MaxValue)
                {
                    continue;
                }

                firstHarm = Measures.Standard[measure].IsHarm ? Math.Min(firstHarm, when) : firstHarm;
                if (when >= from && !late)
                {
                    int age = since <= when / Minute ? Age.ClassOf((when / Minute) - since!.Value) : Sighting.Control;
                    window.Sightings.Add(new Sighting(s, measure, age, 1));
                }
            }

            enrolled[s]++;
            reachable[s] += online ? 1 : 0;
            exposed[s] += ExposedMinute(device) is null ? 0 : 1;
            installed[s] += ran && since is not null ? 1 : 0;
            fallback[s] += ran && since is not null && device.Fallback && !darkNow ? 1 : 0;
            if ((since is not null || senseless) && reported)
            {
                window.Reports++;
                window.SetAside += senseless || heard[^1].Senseless ? 1 : 0;
            }

            if (online && !late && since is not null)
            {
                window.ExposedAtRisk[(s * Age.Classes) + Age.ClassOf(minute - since.Value)] += minute - after;
            }

            if (online && !late && since is null)
            {
                window.ControlAtRisk[s] += minute - after;
                due += Math.Min(minute - after, 5);
                window.ControlReportsCame += heard.Any(report => report.At >= Math.Max(from, until - (5 * Minute))) ? 1 : 0;
            }

            bool runsWell = online && ran && since is not null && !device.Over && firstHarm == long.MaxValue;
            window.MaturedAtRisk[s] += runsWell && matured < until ? minute - after : 0;
            window.SoakingAtRisk[s] += runsWell && device.MaturedAt >= until ? minute - after : 0;
            bool harmedNow = firstHarm >= from && firstHarm < until;
            if (since is not null && !senseless && device.TakenAt < until && firstHarm >= device.TakenAt)
            {
                bool folded = matured < from && matured < firstHarm;
                window.HarmedLater[s] += harmedNow && folded ? 1 : 0;
                window.NewlyHarmed[s] += harmedNow && !folded ? 1 : 0;
                window.NewlyMatured[s] += firstHarm == long.MaxValue && matured >= from && matured < until ? 1 : 0;
            }
            else if (since is null && !late && harmedNow)
            {
                window.ControlHarmed[s]++;
            }
        }

        window.ControlReportsDue = due / 5;
        return (window, enrolled, reachable, exposed, installed, fallback);
    }

    private static IEnumerable<long> DarkMoments((long At, bool Goodbye, bool Senseless)[] heard, long until)
    {
        for (int i = 0; i < heard.Length; i++)
        {
            long next = i + 1 < heard.Length ? heard[i + 1].At : until - 1;
            if (!heard[i].Goodbye && heard[i].At + Patience <= next)
            {
                yield return heard[i].At + Patience;
            }
        }
    }
}
