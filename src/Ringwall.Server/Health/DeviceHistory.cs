using System.Text.Json;
using Dapper;
using Ringwall.Rollouts;
using Ringwall.Server.Storage;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Health;

/// <summary>What single devices said, for people who look at one.</summary>
public sealed class DeviceHistory(Database database)
{
    private const int Most = 200;

    /// <summary>The last report, without harms and probations; null for a device that was never heard.</summary>
    public Task<HeardReport?> LastAsync(long number, CancellationToken stop) => database.ReadAsync(
        async connection => await connection.QuerySingleOrDefaultAsync<State>("SELECT at, began, report FROM health_states WHERE number = @number", new { number }).ConfigureAwait(false) is { } state
            ? new HeardReport(state.At, state.Began, JsonSerializer.Deserialize(state.Report, FleetJson.Wire.DeviceReport)!)
            : null,
        stop);

    /// <summary>A device's trouble, the newest first.</summary>
    public Task<IReadOnlyList<DeviceHarm>> HarmsAsync(long number, CancellationToken stop) => HarmsAsync("number = @number ORDER BY at DESC", new { number, Most }, stop);

    /// <summary>The first harms that devices connected with a release, the earliest first.</summary>
    public Task<IReadOnlyList<DeviceHarm>> FirstHarmsOfAsync(string release, int most, CancellationToken stop) => HarmsAsync("release = @release ORDER BY at", new { release, Most = most }, stop);

    /// <summary>What devices went through, the newest first.</summary>
    public Task<IReadOnlyList<DeviceProbation>> ProbationsAsync(long number, CancellationToken stop) => ProbationsAsync("number = @number", new { number, Most }, stop);

    /// <summary>Probations of a release on all devices, the newest first.</summary>
    public Task<IReadOnlyList<DeviceProbation>> ProbationsOfAsync(string release, CancellationToken stop) => ProbationsAsync("release = @release", new { release, Most }, stop);

    private Task<IReadOnlyList<DeviceHarm>> HarmsAsync(string which, object values, CancellationToken stop) => database.ReadAsync<IReadOnlyList<DeviceHarm>>(
        async connection => [.. (await connection.QueryAsync<Harm>(
            $"SELECT number, measure, at, until, times, release, detail FROM health_harms WHERE {which} LIMIT @Most", values).ConfigureAwait(false))
            .Select(row => new DeviceHarm
            {
                Number = row.Number,
                Measure = Measures.Standard[row.Measure].Name,
                At = row.At,
                Until = row.Until,
                Times = row.Times,
                Release = row.Release,
                Detail = row.Detail,
            })],
        stop);

    private Task<IReadOnlyList<DeviceProbation>> ProbationsAsync(string which, object values, CancellationToken stop) => database.ReadAsync<IReadOnlyList<DeviceProbation>>(
        async connection => [.. (await connection.QueryAsync<Probation>(
            $"SELECT number, at, release, report FROM health_probations WHERE {which} ORDER BY at DESC, place LIMIT @Most", values).ConfigureAwait(false))
            .Select(row => new DeviceProbation(row.Number, row.At, row.Release, JsonSerializer.Deserialize(row.Report, FleetJson.Wire.ProbationReport)!))],
        stop);

    private sealed class State
    {
        public long At { get; init; }

        public long Began { get; init; }

        public byte[] Report { get; init; } = [];
    }

    private sealed class Harm
    {
        public long Number { get; init; }

        public int Measure { get; init; }

        public long At { get; init; }

        public long Until { get; init; }

        public long Times { get; init; }

        public string? Release { get; init; }

        public string Detail { get; init; } = "";
    }

    private sealed class Probation
    {
        public long Number { get; init; }

        public long At { get; init; }

        public string? Release { get; init; }

        public byte[] Report { get; init; } = [];
    }
}
