using System.Globalization;
using Ringwall.Rollouts;
using Ringwall.Server.Dashboard.Models;
using Ringwall.Server.Dashboard.Parts;
using Ringwall.Server.Health;
using Ringwall.Server.Inventory;
using Ringwall.Wire.Fleet;
using Ringwall.Wire.Probation;

namespace Ringwall.Server.Dashboard.Reading;

/// <summary>Fills the pages about devices.</summary>
internal sealed class DeviceReader(Devices devices, DeviceLookup lookup, FleetView fleet, DeviceWatch watch, DeviceHistory history, TimeProvider clock)
{
    public const string Harmed = "harmed";
    public const string Dark = "dark";
    private const int OnPage = 50;
    private const int MostInTrouble = 500;

    public async Task<DeviceList> ListAsync(DeviceList.Asked asked, CancellationToken stop)
    {
        IReadOnlyList<FleetCell> cells = fleet.Glance(Now);
        (DeviceName[] page, bool more) = asked.State is Harmed or Dark
            ? await InTroubleAsync(asked, stop).ConfigureAwait(false)
            : await AnyAsync(asked, stop).ConfigureAwait(false);
        long[] numbers = [.. page.Select(device => device.Number)];
        IReadOnlyDictionary<long, DeviceStanding> standing = await watch.OfAsync(numbers, stop).ConfigureAwait(false);
        HashSet<long> harmed = [.. await watch.HarmedAsync(Today, MostInTrouble, stop).ConfigureAwait(false)];
        return new DeviceList
        {
            Filter = asked,
            Rows = [.. page.Select(device => Row(device, standing.GetValueOrDefault(device.Number), harmed.Contains(device.Number)))],
            Enrolled = cells.Sum(cell => cell.Devices),
            Matching = asked is { Words: "", State: "" }
                ? cells.Where(cell => (asked.Ring.Length == 0 || RingName.Of(cell.Ring) == asked.Ring) && (asked.Cell.Length == 0 || cell.Cell == asked.Cell)).Sum(cell => cell.Devices)
                : null,
            Cells = [.. cells.Select(cell => cell.Cell).Distinct().Order(StringComparer.Ordinal)],
            Next = more ? page[^1].Number.ToString(CultureInfo.InvariantCulture) : null,
        };
    }

    public async Task<DeviceDetail?> OneAsync(string id, bool mayChange, CancellationToken stop)
    {
        if (await devices.FindAsync(id, stop).ConfigureAwait(false) is not { } device)
        {
            return null;
        }

        DeviceName name = new(device.Number, device.Id, device.Name, device.Ring, device.Cell, device.RetiredAt is not null);
        DeviceStanding? standing = (await watch.OfAsync([device.Number], stop).ConfigureAwait(false)).GetValueOrDefault(device.Number);
        HeardReport? last = await history.LastAsync(device.Number, stop).ConfigureAwait(false);
        IReadOnlyList<DeviceHarm> harms = await history.HarmsAsync(device.Number, stop).ConfigureAwait(false);
        IReadOnlyList<DeviceProbation> probations = await history.ProbationsAsync(device.Number, stop).ConfigureAwait(false);
        return new DeviceDetail
        {
            Row = Row(name, standing, harms.Any(harm => harm.Until >= Today)),
            Host = last?.Report.Host is { Length: > 0 } host ? host : device.Host,
            Enrolled = Time(device.EnrolledAt),
            Site = device.Site,
            Generations = [.. (last?.Report.Releases ?? []).Select(Generation)],
            Harms = [.. harms.Select(harm => new DeviceDetail.Harm(
                Time(harm.At), harm.Measure, harm.Release, harm.Times > 1 ? $"{harm.Detail} ({Words.Count(harm.Times)} times)" : harm.Detail))],
            Last = last is { Report.Health: { } health } ? Report(last, health) : null,
            Probations = [.. probations.Select((probation, index) => new ReleaseDetail.Probation($"{device.Number}-{index}", device.Id, device.Name, RingName.Of(device.Ring), probation.Report))],
            MayChange = mayChange && device.RetiredAt is null,
        };
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private long Today => clock.GetUtcNow().AddDays(-1).ToUnixTimeMilliseconds();

    private async Task<(DeviceName[] Page, bool More)> AnyAsync(DeviceList.Asked asked, CancellationToken stop)
    {
        DeviceFilter filter = new()
        {
            Ring = RingName.TryRead(asked.Ring, out Ring ring) ? ring : null,
            Cell = asked.Cell.Length > 0 ? asked.Cell : null,
            Text = asked.Words.Length > 0 ? asked.Words : null,
            After = long.TryParse(asked.After, NumberStyles.None, CultureInfo.InvariantCulture, out long after) ? after : 0,
            Most = OnPage + 1,
        };
        IReadOnlyList<Device> found = await devices.ListAsync(filter, stop).ConfigureAwait(false);
        return ([.. found.Take(OnPage).Select(device => new DeviceName(device.Number, device.Id, device.Name, device.Ring, device.Cell, false))], found.Count > OnPage);
    }

    /// <summary>Those in trouble are few, or there is other trouble: they are read at once and narrowed here.</summary>
    private async Task<(DeviceName[] Page, bool More)> InTroubleAsync(DeviceList.Asked asked, CancellationToken stop)
    {
        IReadOnlyList<long> numbers = asked.State == Harmed
            ? await watch.HarmedAsync(Today, MostInTrouble, stop).ConfigureAwait(false)
            : [.. watch.Dark(MostInTrouble).Select(device => device.Number)];
        IReadOnlyDictionary<long, DeviceName> names = await lookup.OfAsync(numbers, stop).ConfigureAwait(false);
        return ([.. numbers.Select(number => names.GetValueOrDefault(number)).OfType<DeviceName>().Where(device => !device.IsRetired
            && (asked.Ring.Length == 0 || RingName.Of(device.Ring) == asked.Ring)
            && (asked.Cell.Length == 0 || device.Cell == asked.Cell)
            && (asked.Words.Length == 0 || device.Name.Contains(asked.Words, StringComparison.OrdinalIgnoreCase) || device.Id.StartsWith(asked.Words, StringComparison.Ordinal)))], false);
    }

    private static DeviceList.Row Row(DeviceName device, DeviceStanding? standing, bool harmed)
    {
        (string state, Tone tone) = (device.IsRetired, standing, harmed) switch
        {
            (true, _, _) => ("retired", Tone.Quiet),
            (_, null, _) => ("not heard yet", Tone.Quiet),
            (_, { IsDark: true }, _) => (Dark, Tone.Warn),
            (_, _, true) => (Harmed, Tone.Bad),
            (_, { IsAway: true }, _) => ("away", Tone.Quiet),
            _ => ("well", Tone.Good),
        };
        string running = string.Join(", ", (standing?.Releases ?? []).Where(release => release.State == ReleaseState.InService).Select(release => Words.Release(release.Path)));
        return new DeviceList.Row(device.Id, device.Name, RingName.Of(device.Ring), device.Cell, state, tone, standing is null ? null : Time(standing.At), running);
    }

    private static DeviceDetail.Generation Generation(ReleaseReport release) => new(
        release.Path,
        release.State.Replace('-', ' '),
        release.State switch
        {
            ReleaseState.InService => Tone.Good,
            ReleaseState.Probation or ReleaseState.Fetched or ReleaseState.Offered => Tone.Running,
            ReleaseState.Fallback or ReleaseState.Refused => Tone.Bad,
            ReleaseState.Held => Tone.Warn,
            _ => Tone.Quiet,
        },
        Time(release.Since),
        release.Age,
        release.FallbackAlive,
        release.Why);

    private static DeviceDetail.Report Report(HeardReport heard, DeviceHealth health) => new(
        heard.Report.Sequence, Time(heard.At), health.Asks, health.Denied, health.FallbackVerdicts, health.Strikes, health.CpuPermille / 10.0, health.MemoryMiB, health.AskP99Us / 1000.0);

    private static DateTimeOffset Time(long unixMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(unixMilliseconds, 0, 253_402_300_799_000));
}
