using System.Buffers.Binary;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Ringwall.Rollouts;
using Ringwall.Server.Audit;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Inventory;

/// <summary>The fleet's devices: who they are and where they stand.</summary>
// Ordering: every change takes the row inventory_head first, so changes are numbered in the order of their commits and a view that has read up to a number has
//           missed none below it.
public sealed class Devices(Database database, TimeProvider clock, AuditLog audit)
{
    /// <summary>Whoever reports more kinds of machine than this lies; their devices share one cell.</summary>
    private const int MostCells = 4096;

    private const string OtherCell = "other";

    /// <summary>A device that changes its cell more often stays in the last one: each move is a row.</summary>
    private static readonly TimeSpan BetweenCellMoves = TimeSpan.FromDays(1);

    private const string Columns = """
        d.number, d.device AS id, d.name, d.host, d.ring, c.name AS cell, d.site, d.domain, d.seat, d.placed_at, d.enrolled_at, d.retired_at
        FROM inventory_devices d JOIN inventory_cells c ON c.number = d.cell
        """;

    public Task<Device?> FindAsync(string device, CancellationToken stop) => database.ReadAsync(c => FindAsync(c, null, device), stop);

    public Task<IReadOnlyList<Device>> ListAsync(DeviceFilter filter, CancellationToken stop) => database.ReadAsync<IReadOnlyList<Device>>(
        async connection => [.. (await connection.QueryAsync<Row>(
            $"""
            SELECT {Columns} WHERE d.number > @After
            {(filter.Retired ? "" : "AND d.retired_at IS NULL")}
            {(filter.Ring is null ? "" : "AND d.ring = @Ring")}
            {(filter.Cell is null ? "" : "AND c.name = @Cell")}
            {(filter.Site is null ? "" : "AND d.site = @Site")}
            {(filter.Text is null ? "" : "AND (LOWER(d.name) LIKE @Like ESCAPE '!' OR d.device LIKE @Begins ESCAPE '!')")}
            ORDER BY d.number LIMIT @Most
            """,
            new
            {
                filter.After,
                Ring = (int?)filter.Ring,
                filter.Cell,
                filter.Site,
                Like = $"%{Literal(filter.Text)}%",
                Begins = $"{Literal(filter.Text)}%",
                Most = Math.Clamp(filter.Most, 1, DeviceFilter.MostListed),
            }).ConfigureAwait(false)).Select(row => row.ToDevice())],
        stop);

    /// <summary>Puts a device into another ring, for releases that begin from now on.</summary>
    /// <param name="device">Which.</param>
    /// <param name="ring">Where to.</param>
    /// <param name="who">Who says so, for the audit.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="RequestRefused">There is no such device, or it was retired.</exception>
    public Task<Device> MoveAsync(string device, Ring ring, string who, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            long change = await NextChangeAsync(connection, transaction).ConfigureAwait(false);
            Device known = await PresentAsync(connection, transaction, device).ConfigureAwait(false);
            if (known.Ring != ring)
            {
                await PlaceAsync(connection, transaction, known, ring, known.Cell, change).ConfigureAwait(false);
                await audit.AppendAsync(connection, transaction, who, "device.moved", device, new { from = RingName.Of(known.Ring), to = RingName.Of(ring) }).ConfigureAwait(false);
            }

            return (await FindAsync(connection, transaction, device).ConfigureAwait(false))!;
        },
        stop);

    /// <summary>Takes a device out of the books for good: its sessions end, and it is heard and counted no more. What the signed files let out it may still install: they are public.</summary>
    /// <param name="device">Which.</param>
    /// <param name="who">Who says so, for the audit.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="RequestRefused">There is no such device, or it was retired before.</exception>
    public Task RetireAsync(string device, string who, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            long change = await NextChangeAsync(connection, transaction).ConfigureAwait(false);
            Device known = await PresentAsync(connection, transaction, device).ConfigureAwait(false);
            await connection.ExecuteAsync(
                "UPDATE inventory_devices SET retired_at = @Now, change = @change WHERE number = @Number",
                new { Now, change, known.Number }, transaction).ConfigureAwait(false);
            await audit.AppendAsync(connection, transaction, who, "device.retired", device).ConfigureAwait(false);
        },
        stop);

    /// <summary>A device says that it is another kind of machine now: upgraded, or with other sensors.</summary>
    internal Task MoveCellAsync(long number, string cell, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            long change = await NextChangeAsync(connection, transaction).ConfigureAwait(false);
            Row? row = await connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} WHERE d.number = @number", new { number }, transaction).ConfigureAwait(false);
            long? moved = await connection.ExecuteScalarAsync<long?>("SELECT MAX(until) FROM inventory_moves WHERE number = @number", new { number }, transaction).ConfigureAwait(false);
            if (row is null || row.RetiredAt is not null || row.Cell == cell || moved > Now - (long)BetweenCellMoves.TotalMilliseconds)
            {
                return;
            }

            Device known = row.ToDevice();
            await PlaceAsync(connection, transaction, known, known.Ring, cell, change).ConfigureAwait(false);
            await audit.AppendAsync(connection, transaction, $"device:{known.Id}", "device.cell-changed", known.Id, new { from = known.Cell, to = cell }).ConfigureAwait(false);
        },
        stop);

    internal async Task<Device> AddAsync(DbConnection connection, DbTransaction transaction, NewDevice device)
    {
        long change = await NextChangeAsync(connection, transaction).ConfigureAwait(false);
        long number = await connection.QuerySingleAsync<long>("UPDATE inventory_head SET devices = devices + 1 WHERE one = 1 RETURNING devices", transaction: transaction).ConfigureAwait(false);
        long now = Now;
        int cell = await CellAsync(connection, transaction, device.Cell).ConfigureAwait(false);
        (long? domain, int? seat) = await SitDownAsync(connection, transaction, device.Site, device.Ring, cell).ConfigureAwait(false);
        await connection.ExecuteAsync(
            """
            INSERT INTO inventory_devices (number, device, public_key, name, host, ring, cell, site, domain, seat, placed_at, enrolled_at, change)
            VALUES (@number, @Id, @PublicKey, @Name, @Host, @ring, @cell, @Site, @domain, @seat, @now, @now, @change)
            """,
            new { number, device.Id, device.PublicKey, device.Name, device.Host, ring = (int)device.Ring, cell, device.Site, domain, seat, now, change },
            transaction).ConfigureAwait(false);
        return (await FindAsync(connection, transaction, device.Id).ConfigureAwait(false))!;
    }

    internal static async Task<Device?> FindAsync(DbConnection connection, DbTransaction? transaction, string device) =>
        (await connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} WHERE d.device = @device", new { device }, transaction).ConfigureAwait(false))?.ToDevice();

    internal Task<byte[]?> KeyAsync(string device, CancellationToken stop) => database.ReadAsync(
        connection => connection.QuerySingleOrDefaultAsync<byte[]?>("SELECT public_key FROM inventory_devices WHERE device = @device", new { device }), stop);

    internal static async Task<string[]> ReadCellsAsync(DbConnection connection) =>
        [.. await connection.QueryAsync<string>("SELECT name FROM inventory_cells ORDER BY number").ConfigureAwait(false)];

    /// <summary>Devices that came or changed after a change.</summary>
    /// <returns>The last change.</returns>
    internal static async Task<long> ReadPlacesAsync(DbConnection connection, long after, Action<DevicePlace> each)
    {
        DbCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            // Without a bound from below the table is read in the order in which it lies.
            string since = after > 0 ? $" WHERE change > {after.ToString(CultureInfo.InvariantCulture)}" : "";
            command.CommandText = $"SELECT number, device, ring, cell, domain, seat, enrolled_at, retired_at, change FROM inventory_devices{since}";
            DbDataReader reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                long last = after;
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    last = Math.Max(last, reader.GetInt64(8));
                    each(new DevicePlace
                    {
                        Number = reader.GetInt32(0),
                        Identity = UInt128.Parse(reader.GetString(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                        Ring = (byte)reader.GetInt32(2),
                        Cell = reader.GetInt32(3) - 1,
                        Domain = reader.IsDBNull(4) ? 0 : (ulong)reader.GetInt64(4),
                        Seat = reader.IsDBNull(5) ? 0 : reader.GetInt32(5),
                        EnrolledAt = reader.GetInt64(6),
                        RetiredAt = reader.IsDBNull(7) ? 0 : reader.GetInt64(7),
                    });
                }

                return last;
            }
        }
    }

    internal static async Task<IReadOnlyList<DeviceMove>> ReadMovesAsync(DbConnection connection, long after) =>
        [.. (await connection.QueryAsync<Moved>(
            "SELECT number, until, ring, cell, domain, seat FROM inventory_moves WHERE change > @after ORDER BY number, until", new { after }).ConfigureAwait(false))
            .Select(row => new DeviceMove(row.Number, row.Until, (byte)row.Ring, row.Cell - 1, (ulong)(row.Domain ?? 0), row.Seat ?? 0))];

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static Task<long> NextChangeAsync(DbConnection connection, DbTransaction transaction) =>
        connection.QuerySingleAsync<long>("UPDATE inventory_head SET change = change + 1 WHERE one = 1 RETURNING change", transaction: transaction);

    private static async Task<Device> PresentAsync(DbConnection connection, DbTransaction transaction, string device)
    {
        Device known = await FindAsync(connection, transaction, device).ConfigureAwait(false) ?? throw new RequestRefused(ProblemType.NotFound, $"there is no device {device}");
        return known.RetiredAt is null ? known : throw new RequestRefused(ProblemType.Conflict, $"{device} was retired");
    }

    private async Task PlaceAsync(DbConnection connection, DbTransaction transaction, Device known, Ring ring, string cellName, long change)
    {
        long now = Now;
        int cell = await CellAsync(connection, transaction, cellName).ConfigureAwait(false);

        // Two moves in one millisecond: the first one was never seen by anybody.
        await connection.ExecuteAsync(
            """
            INSERT INTO inventory_moves (number, until, ring, cell, domain, seat, placed_at, change)
            SELECT number, @now, ring, cell, domain, seat, placed_at, @change FROM inventory_devices WHERE number = @Number
            ON CONFLICT (number, until) DO NOTHING
            """,
            new { now, change, known.Number }, transaction).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "UPDATE inventory_devices SET ring = @ring, cell = @cell, placed_at = @now, change = @change WHERE number = @Number",
            new { ring = (int)ring, cell, now, change, known.Number }, transaction).ConfigureAwait(false);

        // Who only changes its cell keeps its seat, and so its pair: an upgrade is no order of the operator's, and a device's host takes another seat by a signed order alone.
        if (ring != known.Ring)
        {
            (long? domain, int? seat) = await SitDownAsync(connection, transaction, known.Site, ring, cell).ConfigureAwait(false);
            await connection.ExecuteAsync(
                "UPDATE inventory_devices SET domain = @domain, seat = @seat WHERE number = @Number", new { domain, seat, known.Number }, transaction).ConfigureAwait(false);
        }
    }

    private static async Task<int> CellAsync(DbConnection connection, DbTransaction transaction, string name)
    {
        int? known = await connection.QuerySingleOrDefaultAsync<int?>("SELECT number FROM inventory_cells WHERE name = @name", new { name }, transaction).ConfigureAwait(false);
        if (known is { } number)
        {
            return number;
        }

        int count = await connection.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM inventory_cells", transaction: transaction).ConfigureAwait(false);
        if (count >= MostCells)
        {
            return await connection.QuerySingleAsync<int>(
                "INSERT INTO inventory_cells (number, name) VALUES (@next, @OtherCell) ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING number",
                new { next = count + 1, OtherCell }, transaction).ConfigureAwait(false);
        }

        await connection.ExecuteAsync("INSERT INTO inventory_cells (number, name) VALUES (@next, @name)", new { next = count + 1, name }, transaction).ConfigureAwait(false);
        return count + 1;
    }

    private static async Task<(long? Domain, int? Seat)> SitDownAsync(DbConnection connection, DbTransaction transaction, string? site, Ring ring, int cell)
    {
        if (site is null)
        {
            return (null, null);
        }

        long domain = DomainOf(site, ring, cell);
        int seats = await connection.QuerySingleAsync<int>(
            """
            INSERT INTO inventory_domains (domain, site, ring, cell, seats) VALUES (@domain, @site, @ring, @cell, 1)
            ON CONFLICT (domain) DO UPDATE SET seats = inventory_domains.seats + 1 RETURNING seats
            """,
            new { domain, site, ring = (int)ring, cell }, transaction).ConfigureAwait(false);
        return (domain, seats - 1);
    }

    private static long DomainOf(string site, Ring ring, int cell)
    {
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(int)ring}\n{cell}\n{site}")));

        // 0 means "no site" where devices are columns.
        return BinaryPrimitives.ReadInt64LittleEndian(digest) is var number && number == 0 ? 1 : number;
    }

    private static string Literal(string? text) => (text ?? "").ToLowerInvariant().Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);

    private sealed class Row
    {
        public long Number { get; init; }

        public string Id { get; init; } = "";

        public string Name { get; init; } = "";

        public string Host { get; init; } = "";

        public int Ring { get; init; }

        public string Cell { get; init; } = "";

        public string? Site { get; init; }

        public long? Domain { get; init; }

        public int? Seat { get; init; }

        public long PlacedAt { get; init; }

        public long EnrolledAt { get; init; }

        public long? RetiredAt { get; init; }

        public Device ToDevice() => new()
        {
            Number = Number,
            Id = Id,
            Name = Name,
            Host = Host,
            Ring = (Ring)Ring,
            Cell = Cell,
            Site = Site,
            Seat = Domain is { } domain && SitePair.Of((ulong)domain, Seat!.Value) is var seat ? DeviceSeat.Of(seat.Domain, seat.Index, seat.Size) : null,
            PlacedAt = PlacedAt,
            EnrolledAt = EnrolledAt,
            RetiredAt = RetiredAt,
        };
    }

    private sealed class Moved
    {
        public int Number { get; init; }

        public long Until { get; init; }

        public int Ring { get; init; }

        public int Cell { get; init; }

        public long? Domain { get; init; }

        public int? Seat { get; init; }
    }
}
