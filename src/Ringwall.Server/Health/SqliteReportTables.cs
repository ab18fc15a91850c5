using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Ringwall.Server.Health;

/// <summary>A prepared statement for each kind of row, run over the group: SQLite is in this process, there is no round trip to save.</summary>
internal sealed class SqliteReportTables : ReportTables
{
    public override Task<Dictionary<int, DeviceState>> ReadAsync(DbConnection connection, DbTransaction transaction, int[] numbers)
    {
        var known = new Dictionary<int, DeviceState>(numbers.Length);
        using SqliteCommand command = Command(connection, transaction, "SELECT sequence, at, began, flags, marks FROM health_states WHERE number = $0", 1);
        foreach (int number in numbers)
        {
            command.Parameters[0].Value = number;
            using SqliteDataReader reader = command.ExecuteReader();
            if (reader.Read())
            {
                known.Add(number, new DeviceState
                {
                    Number = number,
                    Sequence = reader.GetInt64(0),
                    At = reader.GetInt64(1),
                    Began = reader.GetInt64(2),
                    Flags = (DeviceFlags)reader.GetInt32(3),
                    Marks = ReleaseMark.Read(reader.GetFieldValue<byte[]>(4)),
                });
            }
        }

        return Task.FromResult(known);
    }

    public override Task WriteStatesAsync(DbConnection connection, DbTransaction transaction, IReadOnlyCollection<DeviceState> states)
    {
        using SqliteCommand command = Command(connection, transaction, """
            INSERT INTO health_states (number, sequence, at, began, flags, marks, report) VALUES ($0, $1, $2, $3, $4, $5, $6)
            ON CONFLICT (number) DO UPDATE SET sequence = excluded.sequence, at = excluded.at, began = excluded.began,
            flags = excluded.flags, marks = excluded.marks, report = excluded.report
            """, 7);
        foreach (DeviceState state in states)
        {
            Run(command, state.Number, state.Sequence, state.At, state.Began, (int)state.Flags, ReleaseMark.Write(state.Marks), state.Report);
        }

        return Task.CompletedTask;
    }

    public override Task WriteRunsAsync(DbConnection connection, DbTransaction transaction, IReadOnlyCollection<RunRow> runs, long change)
    {
        using SqliteCommand command = Command(connection, transaction, $"""
            INSERT INTO health_runs (release, number, state, state_at, taken_at, ran_at, matured_at, matured_age, fallback, change)
            VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9) {OnRunConflict}
            """, 10);
        foreach (RunRow run in runs)
        {
            Run(command, run.Release, run.Number, (int)run.State, run.StateAt, run.TakenAt, run.RanAt, run.MaturedAt, run.MaturedAge, run.Fallback ? 1 : 0, change);
        }

        return Task.CompletedTask;
    }

    private static SqliteCommand Command(DbConnection connection, DbTransaction transaction, string sql, int parameters)
    {
        var command = new SqliteCommand(sql, (SqliteConnection)connection, (SqliteTransaction)transaction);
        for (int i = 0; i < parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
        }

        command.Prepare();
        return command;
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        command.ExecuteNonQuery();
    }
}
