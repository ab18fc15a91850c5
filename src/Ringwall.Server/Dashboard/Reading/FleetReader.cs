using Ringwall.Server.Dashboard.Models;
using Ringwall.Server.Health;
using Ringwall.Server.Inventory;
using Ringwall.Server.Rollouts;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Dashboard.Reading;

/// <summary>Fills the first page.</summary>
internal sealed class FleetReader(FleetView fleet, DeviceWatch watch, DeviceLookup lookup, RolloutPages rollouts, NeedReader needs, TimeProvider clock)
{
    private const int MostHarmed = 2000;
    private const int RolloutsShown = 5;
    private const int CellsShown = 40;
    private static readonly string[] Rings = ["canary", "early", "broad", "critical"];

    public async Task<FleetGlance> ReadAsync(Access.Person person, CancellationToken stop)
    {
        DateTimeOffset now = clock.GetUtcNow();
        IReadOnlyList<FleetCell> cells = fleet.Glance(now.ToUnixTimeMilliseconds());
        ILookup<(string Ring, string Cell), DeviceName> harmed = (await HarmedAsync(now, stop).ConfigureAwait(false)).ToLookup(device => (RingName.Of(device.Ring), device.Cell));
        IReadOnlyList<RolloutLine> lines = await rollouts.ListAsync(person, stop).ConfigureAwait(false);
        RolloutReply? shown = Shown(lines, now) is { } line ? await rollouts.FindAsync(line.Id, person, stop).ConfigureAwait(false) : null;
        Dictionary<(string, string), StratumLine> strata = shown?.Strata.ToDictionary(stratum => (stratum.Ring, stratum.Cell)) ?? [];
        FleetGlance.Cell[] byCell = [.. cells.GroupBy(cell => cell.Cell).Select(group => new FleetGlance.Cell(
            group.Key,
            group.Sum(cell => cell.Devices),
            group.Sum(cell => cell.Online),
            group.Sum(cell => cell.Dark),
            group.Sum(cell => harmed[(RingName.Of(cell.Ring), cell.Cell)].Count()),
            (int)group.Sum(cell => strata.GetValueOrDefault((RingName.Of(cell.Ring), cell.Cell))?.Exposed ?? 0)))
            .OrderByDescending(cell => cell.Harmed + cell.Dark > 0).ThenByDescending(cell => cell.Devices)];
        return new FleetGlance
        {
            Devices = cells.Sum(cell => cell.Devices),
            Reporting = cells.Sum(cell => cell.Online),
            Dark = cells.Sum(cell => cell.Dark),
            Harmed = harmed.Sum(group => group.Count()),
            Needs = await needs.ReadAsync(person, stop).ConfigureAwait(false),
            Rings = new RingsView
            {
                Release = shown?.Line.Release,
                Halted = shown?.Line.State == RolloutStates.Halted,
                Rings = [.. Rings.Select(ring => new RingsView.Ring(
                    ring,
                    [.. cells.Where(cell => RingName.Of(cell.Ring) == ring).Select(cell => new RingsView.Part(
                        cell.Cell,
                        cell.Devices,
                        Math.Min(cell.Devices, strata.GetValueOrDefault((ring, cell.Cell))?.Exposed ?? 0),
                        harmed[(ring, cell.Cell)].Count(),
                        cell.Dark))]))],
            },
            Running = shown is null ? null : RolloutWords.Row(shown.Line),
            Cells = [.. byCell.Take(CellsShown)],
            CellsLeftOut = Math.Max(0, byCell.Length - CellsShown),
            Lately = [.. lines.Take(RolloutsShown).Select(RolloutWords.Row)],
        };
    }

    /// <summary>The newest that is under way, or else one that was halted today: that must not go unseen.</summary>
    private static RolloutLine? Shown(IReadOnlyList<RolloutLine> newestFirst, DateTimeOffset now) =>
        newestFirst.FirstOrDefault(line => line.State is RolloutStates.Running or RolloutStates.Paused)
        ?? newestFirst.FirstOrDefault(line => line.State == RolloutStates.Halted && now - (line.DecidedAt ?? line.StartedAt) < TimeSpan.FromDays(1));

    private async Task<IEnumerable<DeviceName>> HarmedAsync(DateTimeOffset now, CancellationToken stop)
    {
        IReadOnlyList<long> numbers = await watch.HarmedAsync(now.AddDays(-1).ToUnixTimeMilliseconds(), MostHarmed, stop).ConfigureAwait(false);
        return (await lookup.OfAsync(numbers, stop).ConfigureAwait(false)).Values.Where(device => !device.IsRetired);
    }
}
