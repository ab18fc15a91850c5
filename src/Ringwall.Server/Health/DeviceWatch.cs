using System.Text.Json;
using Dapper;
using Ringwall.Rollouts;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Health;

/// <summary>Which devices are in trouble, and how the devices on a page stand: what people look at (<see cref="DeviceHistory"/> has what one said). The rules look at <see cref="FleetView"/>.</summary>
public sealed class DeviceWatch(Database database, FleetView fleet, ServerOptions options, TimeProvider clock)
{
    private readonly long _patience = ReportGroup.DarkMilliseconds((long)options.Pace.TotalMilliseconds);

    /// <summary>Grows with everything that devices say.</summary>
    public Task<long> ChangeAsync(CancellationToken stop) => database.ReadAsync(
        connection => connection.ExecuteScalarAsync<long>("SELECT change FROM health_head WHERE one = 1"), stop);

    /// <summary>How the given devices stand; one that was never heard is not among them.</summary>
    public Task<IReadOnlyDictionary<long, DeviceStanding>> OfAsync(IReadOnlyCollection<long> numbers, CancellationToken stop) =>
        database.ReadAsync<IReadOnlyDictionary<long, DeviceStanding>>(
            async connection =>
            {
                if (numbers.Count == 0)
                {
                    return new Dictionary<long, DeviceStanding>();
                }

                ListeningTime listening = await FleetClock.ListeningAsync(connection).ConfigureAwait(false);
                IEnumerable<Row> rows = await connection.QueryAsync<Row>(
                    $"SELECT number, at, flags, report FROM health_states WHERE number {database.IsOneOf("@Numbers")}", new { Numbers = numbers.ToArray() }).ConfigureAwait(false);
                return rows.ToDictionary(row => row.Number, row => Standing(row, listening));
            },
            stop);

    /// <summary>Devices that are silent, did not say so and belong to the fleet, at most so many, those that were heard last first.</summary>
    public IReadOnlyList<SilentDevice> Dark(int most) => fleet.Dark(Now, most);

    /// <summary>Devices that were harmed since a moment, those harmed last first, at most so many.</summary>
    public Task<IReadOnlyList<long>> HarmedAsync(long since, int most, CancellationToken stop) => database.ReadAsync<IReadOnlyList<long>>(
        async connection => [.. await connection.QueryAsync<long>(
            $"SELECT number FROM health_harms WHERE until >= @since AND measure {database.IsOneOf("@Harms")} GROUP BY number ORDER BY MAX(until) DESC LIMIT @most",
            new { since, Harms = Harms(), most }).ConfigureAwait(false)],
        stop);

    /// <summary>How probations of watched releases ended on devices, of those that had any.</summary>
    public Task<IReadOnlyList<ProbationCount>> ProbationsAsync(CancellationToken stop) => database.ReadAsync<IReadOnlyList<ProbationCount>>(
        async connection => [.. (await connection.QueryAsync<CountRow>(
            "SELECT path, passed, refused, first_probation, last_probation FROM health_releases WHERE first_probation IS NOT NULL").ConfigureAwait(false))
            .Select(row => new ProbationCount(row.Path, row.Passed, row.Refused, row.FirstProbation, row.LastProbation))],
        stop);

    /// <summary>On how many devices each watched release is in service, as they said last.</summary>
    public Task<IReadOnlyDictionary<string, long>> InServiceAsync(CancellationToken stop) => database.ReadAsync<IReadOnlyDictionary<string, long>>(
        async connection => (await connection.QueryAsync<(string Path, long Devices)>(
            "SELECT path, in_service FROM health_releases WHERE in_service > 0").ConfigureAwait(false)).ToDictionary(row => row.Path, row => row.Devices),
        stop);

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static int[] Harms() => [.. Enumerable.Range(0, Measures.Standard.Length).Where(measure => Measures.Standard[measure].IsHarm)];

    private DeviceStanding Standing(Row row, ListeningTime listening)
    {
        bool away = ((DeviceFlags)row.Flags & DeviceFlags.Goodbye) != 0;
        bool dark = !away && row.At > 0 && listening.Deadline(row.At, _patience) <= Now;
        IReadOnlyList<ReleaseReport> releases = row.Report.Length == 0 ? [] : JsonSerializer.Deserialize(row.Report, FleetJson.Wire.DeviceReport)!.Releases;
        return new DeviceStanding(row.Number, row.At, away, dark, releases);
    }

    private sealed class Row
    {
        public long Number { get; init; }

        public long At { get; init; }

        public int Flags { get; init; }

        public byte[] Report { get; init; } = [];
    }

    private sealed class CountRow
    {
        public string Path { get; init; } = "";

        public long Passed { get; init; }

        public long Refused { get; init; }

        public long FirstProbation { get; init; }

        public long LastProbation { get; init; }
    }
}
