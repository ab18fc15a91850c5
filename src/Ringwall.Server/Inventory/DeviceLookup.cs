using Dapper;
using Ringwall.Rollouts;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Inventory;

/// <summary>Who the devices are that other modules know by number.</summary>
public sealed class DeviceLookup(Database database)
{
    /// <summary>Devices by number; numbers that nobody has are left out.</summary>
    public Task<IReadOnlyDictionary<long, DeviceName>> OfAsync(IReadOnlyCollection<long> numbers, CancellationToken stop) =>
        database.ReadAsync<IReadOnlyDictionary<long, DeviceName>>(
            async connection => numbers.Count == 0
                ? new Dictionary<long, DeviceName>()
                : (await connection.QueryAsync<Row>(
                    $"""
                    SELECT d.number, d.device, d.name, d.ring, c.name AS cell, d.retired_at FROM inventory_devices d JOIN inventory_cells c ON c.number = d.cell
                    WHERE d.number {database.IsOneOf("@Numbers")}
                    """,
                    new { Numbers = numbers.ToArray() }).ConfigureAwait(false)).ToDictionary(row => row.Number, row => row.ToName()),
            stop);

    private sealed class Row
    {
        public long Number { get; init; }

        public string Device { get; init; } = "";

        public string Name { get; init; } = "";

        public int Ring { get; init; }

        public string Cell { get; init; } = "";

        public long? RetiredAt { get; init; }

        public DeviceName ToName() => new(Number, Device, Name, (Ring)Ring, Cell, RetiredAt is not null);
    }
}
