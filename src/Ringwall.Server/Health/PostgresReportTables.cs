using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace Ringwall.Server.Health;

/// <summary>A group of rows travels as one array for each column: one round trip, one plan.</summary>
internal sealed class PostgresReportTables : ReportTables
{
    public override async Task<Dictionary<int, DeviceState>> ReadAsync(DbConnection connection, DbTransaction transaction, int[] numbers)
    {
        var known = new Dictionary<int, DeviceState>(numbers.Length);
        NpgsqlCommand command = Command(connection, transaction, "SELECT number, sequence, at, began, flags, marks FROM health_states WHERE number = ANY($1)");
        await using (command.ConfigureAwait(false))
        {
            Add(command, numbers, NpgsqlDbType.Integer);
            await command.PrepareAsync().ConfigureAwait(false);
            NpgsqlDataReader reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    int number = reader.GetInt32(0);
                    known.Add(number, new DeviceState
                    {
                        Number = number,
                        Sequence = reader.GetInt64(1),
                        At = reader.GetInt64(2),
                        Began = reader.GetInt64(3),
                        Flags = (DeviceFlags)reader.GetInt32(4),
                        Marks = ReleaseMark.Read(reader.GetFieldValue<byte[]>(5)),
                    });
                }
            }
        }

        return known;
    }

    public override async Task WriteStatesAsync(DbConnection connection, DbTransaction transaction, IReadOnlyCollection<DeviceState> states)
    {
        NpgsqlCommand command = Command(connection, transaction, """
            INSERT INTO health_states (number, sequence, at, began, flags, marks, report)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (number) DO UPDATE SET sequence = excluded.sequence, at = excluded.at, began = excluded.began,
            flags = excluded.flags, marks = excluded.marks, report = excluded.report
            """);
        await using (command.ConfigureAwait(false))
        {
            Add(command, Column(states, state => state.Number), NpgsqlDbType.Integer);
            Add(command, Column(states, state => state.Sequence), NpgsqlDbType.Bigint);
            Add(command, Column(states, state => state.At), NpgsqlDbType.Bigint);
            Add(command, Column(states, state => state.Began), NpgsqlDbType.Bigint);
            Add(command, Column(states, state => (int)state.Flags), NpgsqlDbType.Integer);
            Add(command, Column(states, state => ReleaseMark.Write(state.Marks)), NpgsqlDbType.Bytea);
            Add(command, Column(states, state => state.Report), NpgsqlDbType.Bytea);
            await command.PrepareAsync().ConfigureAwait(false);
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    public override async Task WriteRunsAsync(DbConnection connection, DbTransaction transaction, IReadOnlyCollection<RunRow> runs, long change)
    {
        NpgsqlCommand command = Command(connection, transaction, $"""
            INSERT INTO health_runs (release, number, state, state_at, taken_at, ran_at, matured_at, matured_age, fallback, change)
            SELECT r.*, $10 FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) AS r
            {OnRunConflict}
            """);
        await using (command.ConfigureAwait(false))
        {
            Add(command, Column(runs, run => run.Release), NpgsqlDbType.Integer);
            Add(command, Column(runs, run => run.Number), NpgsqlDbType.Integer);
            Add(command, Column(runs, run => (int)run.State), NpgsqlDbType.Integer);
            Add(command, Column(runs, run => run.StateAt), NpgsqlDbType.Bigint);
            Add(command, Column(runs, run => run.TakenAt), NpgsqlDbType.Bigint);
            Add(command, Column(runs, run => run.RanAt), NpgsqlDbType.Bigint);
            Add(command, Column(runs, run => run.MaturedAt), NpgsqlDbType.Bigint);
            Add(command, Column(runs, run => run.MaturedAge), NpgsqlDbType.Integer);
            Add(command, Column(runs, run => run.Fallback ? 1 : 0), NpgsqlDbType.Integer);
            command.Parameters.Add(new NpgsqlParameter { Value = change, NpgsqlDbType = NpgsqlDbType.Bigint });
            await command.PrepareAsync().ConfigureAwait(false);
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    private static NpgsqlCommand Command(DbConnection connection, DbTransaction transaction, string sql) =>
        new(sql, (NpgsqlConnection)connection, (NpgsqlTransaction)transaction);

    private static void Add<T>(NpgsqlCommand command, T[] column, NpgsqlDbType type) =>
        command.Parameters.Add(new NpgsqlParameter { Value = column, NpgsqlDbType = NpgsqlDbType.Array | type });

    private static TColumn[] Column<TRow, TColumn>(IReadOnlyCollection<TRow> rows, Func<TRow, TColumn> of)
    {
        var column = new TColumn[rows.Count];
        int i = 0;
        foreach (TRow row in rows)
        {
            column[i++] = of(row);
        }

        return column;
    }
}
