using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;
using Ringwall.Server.Enrolment;
using Ringwall.Server.Storage;

namespace Ringwall.Bench.Server;

/// <summary>Puts a fleet into a database as enrolment and one report each would have left it: a million enrolments through the door would take an hour and measure something else.</summary>
internal static class Seeder
{
    private const int Cells = 12;
    private const int MostTokens = 50_000;

    /// <param name="connectionString">Of an empty database.</param>
    /// <param name="devices">How many.</param>
    /// <param name="tokens">A file for the session tokens of a sample of them, one a line, each of another device.</param>
    public static async Task SeedAsync(string connectionString, int devices, string tokens)
    {
        await using var database = new Database(connectionString);
        await new Migrator(database, TimeProvider.System).RunAsync(Migration.Embedded(), CancellationToken.None);
        var rows = new SeedRows(devices, Cells);
        await database.WriteAsync(async (connection, transaction) => await HeadsAsync(connection, transaction, devices), CancellationToken.None);
        if (database.Dialect == Dialect.Postgres)
        {
            await CopyAsync(database, rows);
        }
        else
        {
            await database.WriteAsync((connection, transaction) => InsertAsync((SqliteConnection)connection, (SqliteTransaction)transaction, rows), CancellationToken.None);
        }

        var sessions = new Sessions(database, TimeProvider.System);
        await sessions.LoadAsync(CancellationToken.None);
        var dice = new Random(7);
        int sample = Math.Min(MostTokens, devices);

        // Spread over the whole table: neighbours in one page would be cheap. And of the cell that the load reports: nobody shall be moved by it.
        IEnumerable<int> numbers = Enumerable.Range(0, sample).Select(i => 1 + (int)((long)i * devices / sample) + dice.Next(Math.Max(1, devices / sample))).Select(number => number % 3 == 0 ? number - 1 : number);
        await File.WriteAllLinesAsync(tokens, numbers.Distinct().Select(number => sessions.Begin(SeedRows.Identity(number), number).Token));
    }

    private static async Task<bool> HeadsAsync(DbConnection connection, DbTransaction transaction, int devices)
    {
        await using DbCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        string cells = string.Join(", ", Enumerable.Range(1, Cells).Select(cell => $"({cell}, '{SeedRows.CellName(cell)}')"));
        string metadata = Convert.ToHexString(BareEndpoint.Metadata);
        string blob = connection is SqliteConnection ? $"x'{metadata}'" : $"'\\x{metadata}'::bytea";
        command.CommandText = $"""
            UPDATE inventory_head SET change = {devices}, devices = {devices};
            INSERT INTO inventory_cells (number, name) VALUES {cells};
            INSERT INTO releases_files (repository, name, at, content) VALUES ('director', 'timestamp.json', 1, {blob});
            UPDATE releases_repositories SET publication = 1 WHERE name = 'director';
            """;
        await command.ExecuteNonQueryAsync();
        return true;
    }

    private static Task<bool> InsertAsync(SqliteConnection connection, SqliteTransaction transaction, SeedRows rows)
    {
        using var device = new SqliteCommand(
            "INSERT INTO inventory_devices (number, device, public_key, name, host, ring, cell, placed_at, enrolled_at, change) VALUES ($0, $1, $2, $3, '0.1.0', $4, $5, $6, $6, $0)", connection, transaction);
        using var state = new SqliteCommand(
            "INSERT INTO health_states (number, sequence, at, began, flags, marks, report) VALUES ($0, 1, $1, $1, 0, x'', $2)", connection, transaction);
        for (int i = 0; i < 7; i++)
        {
            device.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
        }

        for (int i = 0; i < 3; i++)
        {
            state.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
        }

        device.Prepare();
        state.Prepare();
        for (int number = 1; number <= rows.Count; number++)
        {
            object[] values = [number, SeedRows.Id(number), SeedRows.Key(number), SeedRows.Name(number), SeedRows.Ring(number), rows.Cell(number), rows.EnrolledAt];
            for (int i = 0; i < values.Length; i++)
            {
                device.Parameters[i].Value = values[i];
            }

            device.ExecuteNonQuery();
            state.Parameters[0].Value = number;
            state.Parameters[1].Value = rows.HeardAt(number);
            state.Parameters[2].Value = rows.Report;
            state.ExecuteNonQuery();
        }

        return Task.FromResult(true);
    }

    private static async Task CopyAsync(Database database, SeedRows rows)
    {
        await using NpgsqlConnection connection = await database.Postgres.OpenConnectionAsync();
        await using (NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync(
            "COPY inventory_devices (number, device, public_key, name, host, ring, cell, placed_at, enrolled_at, change) FROM STDIN (FORMAT BINARY)"))
        {
            for (int number = 1; number <= rows.Count; number++)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(number, NpgsqlDbType.Integer);
                await copy.WriteAsync(SeedRows.Id(number), NpgsqlDbType.Text);
                await copy.WriteAsync(SeedRows.Key(number), NpgsqlDbType.Bytea);
                await copy.WriteAsync(SeedRows.Name(number), NpgsqlDbType.Text);
                await copy.WriteAsync("0.1.0", NpgsqlDbType.Text);
                await copy.WriteAsync(SeedRows.Ring(number), NpgsqlDbType.Integer);
                await copy.WriteAsync(rows.Cell(number), NpgsqlDbType.Integer);
                await copy.WriteAsync(rows.EnrolledAt, NpgsqlDbType.Bigint);
                await copy.WriteAsync(rows.EnrolledAt, NpgsqlDbType.Bigint);
                await copy.WriteAsync((long)number, NpgsqlDbType.Bigint);
            }

            await copy.CompleteAsync();
        }

        await using NpgsqlBinaryImporter states = await connection.BeginBinaryImportAsync(
            "COPY health_states (number, sequence, at, began, flags, marks, report) FROM STDIN (FORMAT BINARY)");
        for (int number = 1; number <= rows.Count; number++)
        {
            await states.StartRowAsync();
            await states.WriteAsync(number, NpgsqlDbType.Integer);
            await states.WriteAsync(1L, NpgsqlDbType.Bigint);
            await states.WriteAsync(rows.HeardAt(number), NpgsqlDbType.Bigint);
            await states.WriteAsync(rows.HeardAt(number), NpgsqlDbType.Bigint);
            await states.WriteAsync(0, NpgsqlDbType.Integer);
            await states.WriteAsync(Array.Empty<byte>(), NpgsqlDbType.Bytea);
            await states.WriteAsync(rows.Report, NpgsqlDbType.Bytea);
        }

        await states.CompleteAsync();
    }
}
