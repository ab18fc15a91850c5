using Ringwall.Server.Dashboard.Models;
using Ringwall.Server.Dashboard.Parts;
using Ringwall.Server.Health;
using Ringwall.Server.Inventory;
using Ringwall.Server.Rollouts;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Dashboard.Reading;

/// <summary>Tells what went wrong as lines of time: halts and budgets, refused probations, devices gone dark. A vendor is told of its own releases alone.</summary>
internal sealed class IncidentReader(RolloutPages rollouts, DeviceWatch watch, DeviceHistory history, DeviceLookup lookup)
{
    private const int MostDark = 50;
    private const int HarmsShown = 8;
    private const int DecisionsRead = 400;

    public async Task<IncidentList> ReadAsync(Access.Person person, CancellationToken stop)
    {
        List<IncidentList.Incident> incidents = [];
        foreach (RolloutLine line in (await rollouts.ListAsync(person, stop).ConfigureAwait(false)).Where(WentWrong))
        {
            incidents.Add(await OfRolloutAsync(line, person, stop).ConfigureAwait(false));
        }

        incidents.AddRange((await watch.ProbationsAsync(stop).ConfigureAwait(false))
            .Where(count => count.Refused > 0 && person.MaySee(count.Release.Split('/')[0])).Select(OfProbations));
        if (person.Oversees && await OfDarkAsync(stop).ConfigureAwait(false) is { } dark)
        {
            incidents.Add(dark);
        }

        return new IncidentList { Incidents = [.. incidents.OrderByDescending(incident => incident.Began)] };
    }

    private static bool WentWrong(RolloutLine line) => line.State == RolloutStates.Halted
        || (line.State == RolloutStates.Running && (RolloutWords.Is(line, "INCONCLUSIVE") || RolloutWords.Is(line, "PAUSE")));

    private async Task<IncidentList.Incident> OfRolloutAsync(RolloutLine line, Access.Person person, CancellationToken stop)
    {
        bool oversees = person.Oversees;
        List<IncidentList.Moment> moments = [new(line.StartedAt, "The rollout began", oversees ? $"by {line.StartedBy}" : "", Tone.Quiet)];
        IReadOnlyList<DeviceHarm> harms = await history.FirstHarmsOfAsync(line.Release, HarmsShown, stop).ConfigureAwait(false);
        IReadOnlyDictionary<long, DeviceName> names = await lookup.OfAsync([.. harms.Select(harm => harm.Number).Distinct()], stop).ConfigureAwait(false);
        moments.AddRange(harms.Select(harm =>
        {
            DeviceName? device = names.GetValueOrDefault(harm.Number);
            string where = device is null ? "" : oversees ? $" on {device.Name}" : $" on a {RingName.Of(device.Ring)} device";
            return new IncidentList.Moment(Time(harm.At), $"{Capital(harm.Measure)}{where}", harm.Detail, Tone.Warn, oversees && device is not null ? $"/devices/{device.Id}" : null);
        }));
        DecisionLine? last = null;
        foreach (DecisionLine decision in (await rollouts.DecisionsAsync(line.Id, null, DecisionsRead, person, stop).ConfigureAwait(false)).Reverse())
        {
            bool grew = last is not null && decision.Exposed > last.Exposed;
            bool turned = decision.Kind is "halt" or "pause" or "inconclusive" && decision.Kind != last?.Kind;
            if (grew || turned || last is null)
            {
                (string verdict, string[] reasons) = RolloutWords.Split(decision.Words);
                moments.Add(new IncidentList.Moment(decision.At, verdict, turned ? reasons.FirstOrDefault() ?? "" : "", RolloutWords.OfDecision(decision.Kind)));
            }

            last = decision;
        }

        (string state, Tone tone) = RolloutWords.State(line);
        return new IncidentList.Incident(
            line.State == RolloutStates.Halted ? $"{Words.Release(line.Release)} was halted" : $"{Words.Release(line.Release)} stands still",
            $"{Words.Count(line.Harmed, "device", "devices")} harmed, {Words.Number(Math.Round(line.Spent, 1))} of {line.Budget} of the harm budget spent.",
            state, tone, line.StartedAt, $"/rollouts/{line.Id}", [.. moments.OrderBy(moment => moment.At)]);
    }

    private static IncidentList.Incident OfProbations(ProbationCount count)
    {
        string release = Words.Release(count.Release);
        List<IncidentList.Moment> moments = [new(Time(count.First), "The first probation ended", "", Tone.Quiet)];
        if (count.Last > count.First)
        {
            moments.Add(new(Time(count.Last), "The last one so far ended", $"{Words.Count(count.Passed)} passed, {Words.Count(count.Refused)} refused", Tone.Warn));
        }

        return new IncidentList.Incident(
            $"Probation refused {release}",
            $"On {Words.Count(count.Refused, "device", "devices")} it did not pass beside what is in service, so it never served there.",
            "refused", Tone.Warn, Time(count.First), Words.ReleaseLink(count.Release), moments);
    }

    private async Task<IncidentList.Incident?> OfDarkAsync(CancellationToken stop)
    {
        IReadOnlyList<SilentDevice> dark = watch.Dark(MostDark);
        if (dark.Count == 0)
        {
            return null;
        }

        IReadOnlyDictionary<long, DeviceName> names = await lookup.OfAsync([.. dark.Select(device => device.Number)], stop).ConfigureAwait(false);
        IncidentList.Moment[] moments = [.. dark.OrderBy(device => device.At).Where(device => names.TryGetValue(device.Number, out DeviceName? name) && !name.IsRetired).Select(device => new IncidentList.Moment(
            Time(device.At), $"{names[device.Number].Name} was heard last", $"{RingName.Of(names[device.Number].Ring)} / {names[device.Number].Cell}", Tone.Warn, $"/devices/{names[device.Number].Id}"))];
        return moments.Length == 0 ? null : new IncidentList.Incident(
            $"{Words.Count(moments.Length, "device is", "devices are")} dark", "Silent without a goodbye.", "open", Tone.Warn, moments[^1].At, "/devices?state=dark", moments);
    }

    private static string Capital(string words) => string.Concat(words[..1].ToUpperInvariant(), words[1..]);

    private static DateTimeOffset Time(long unixMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds);
}
