using System.Data.Common;
using Dapper;
using Ringwall.Server.Storage;
using Ringwall.Wire.Probation;

namespace Ringwall.Server.Health;

/// <summary>Reads and writes the rows of one group of reports. The two databases take many rows at once in different ways; all else is the same SQL.</summary>
internal abstract class ReportTables
{
    /// <summary>A measure that a device shows again within this time is the same trouble: one row, counted.</summary>
    public const long SameTroubleMinutes = 60;

    /// <summary>Of each device.</summary>
    public const int ProbationsKept = 8;

    /// <summary>The first time that something was seen stays.</summary>
    protected const string OnRunConflict = """
        ON CONFLICT (release, number) DO UPDATE SET state = excluded.state, state_at = excluded.state_at,
        taken_at = COALESCE(health_runs.taken_at, excluded.taken_at), ran_at = COALESCE(health_runs.ran_at, excluded.ran_at),
        matured_age = CASE WHEN health_runs.matured_at IS NULL THEN excluded.matured_age ELSE health_runs.matured_age END,
        matured_at = COALESCE(health_runs.matured_at, excluded.matured_at),
        fallback = CASE WHEN excluded.fallback = 1 THEN 1 ELSE health_runs.fallback END, change = excluded.change
        """;

    public static ReportTables For(Dialect dialect) => dialect == Dialect.Postgres ? new PostgresReportTables() : new SqliteReportTables();

    /// <summary>The rows of the devices that are known.</summary>
    public abstract Task<Dictionary<int, DeviceState>> ReadAsync(DbConnection connection, DbTransaction transaction, int[] numbers);

    public abstract Task WriteStatesAsync(DbConnection connection, DbTransaction transaction, IReadOnlyCollection<DeviceState> states);

    public abstract Task WriteRunsAsync(DbConnection connection, DbTransaction transaction, IReadOnlyCollection<RunRow> runs, long change);

    public static async Task WriteLogAsync(DbConnection connection, DbTransaction transaction, FleetMoment moment, byte[] body) =>
        await connection.ExecuteAsync("INSERT INTO health_log (change, at, body) VALUES (@Change, @At, @body)", new { moment.Change, moment.At, body }, transaction).ConfigureAwait(false);

    public static async Task WriteServedAsync(DbConnection connection, DbTransaction transaction, IReadOnlyDictionary<int, int> served)
    {
        foreach ((int release, int more) in served)
        {
            await connection.ExecuteAsync("UPDATE health_releases SET in_service = in_service + @more WHERE number = @release", new { release, more }, transaction).ConfigureAwait(false);
        }
    }

    /// <param name="connection">The open connection.</param>
    /// <param name="transaction">Of the group.</param>
    /// <param name="harms">What was shown.</param>
    /// <param name="moment">When.</param>
    /// <param name="sameTrouble">Milliseconds.</param>
    /// <param name="lastRollout">When the newest rollout began: trouble that goes on over that moment is shown in it anew.</param>
    public static async Task WriteHarmsAsync(DbConnection connection, DbTransaction transaction, IEnumerable<HarmRow> harms, FleetMoment moment, long sameTrouble, long lastRollout)
    {
        foreach (HarmRow harm in harms)
        {
            var row = new { harm.Number, harm.Measure, harm.At, harm.Release, harm.Detail, moment.Change, since = harm.At - sameTrouble, lastRollout };
            int again = await connection.ExecuteAsync(
                """
                UPDATE health_harms SET until = @At, times = times + 1, detail = @Detail, change = @Change
                WHERE number = @Number AND measure = @Measure AND until >= @since AND at >= @lastRollout
                """,
                row, transaction).ConfigureAwait(false);
            if (again == 0)
            {
                await connection.ExecuteAsync(
                    """
                    INSERT INTO health_harms (number, measure, at, until, times, release, detail, change)
                    VALUES (@Number, @Measure, @At, @At, 1, @Release, @Detail, @Change)
                    ON CONFLICT (number, measure, at) DO UPDATE SET times = health_harms.times + 1, change = excluded.change
                    """,
                    row, transaction).ConfigureAwait(false);
            }
        }
    }

    public static async Task WriteProbationsAsync(DbConnection connection, DbTransaction transaction, IReadOnlyList<ProbationRow> probations)
    {
        foreach (ProbationRow probation in probations)
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO health_probations (number, at, place, release, sensor, result, report)
                VALUES (@Number, @At, @Place, @Release, @Sensor, @Result, @Report) ON CONFLICT (number, at, place) DO NOTHING
                """,
                probation, transaction).ConfigureAwait(false);
        }

        foreach (int number in probations.Select(probation => probation.Number).Distinct())
        {
            await connection.ExecuteAsync(
                """
                DELETE FROM health_probations WHERE number = @number AND (at, place) <
                (SELECT at, place FROM health_probations WHERE number = @number ORDER BY at DESC, place DESC LIMIT 1 OFFSET @before)
                """,
                new { number, before = ProbationsKept - 1 }, transaction).ConfigureAwait(false);
        }

        foreach (IGrouping<string?, ProbationRow> ofRelease in probations.Where(probation => probation.Release is not null).GroupBy(probation => probation.Release))
        {
            await connection.ExecuteAsync(
                """
                UPDATE health_releases SET passed = passed + @passed, refused = refused + @refused, first_probation = COALESCE(first_probation, @at), last_probation = @at
                WHERE path = @release
                """,
                new
                {
                    release = ofRelease.Key,
                    passed = ofRelease.Count(probation => probation.Result == ProbationResult.Passed),
                    refused = ofRelease.Count(probation => probation.Result is ProbationResult.Refused or ProbationResult.Inconclusive),
                    at = ofRelease.First().At,
                },
                transaction).ConfigureAwait(false);
        }
    }

    public static async Task<IReadOnlyList<WatchedRelease>> ReadWatchedAsync(DbConnection connection, DbTransaction? transaction = null) =>
        [.. (await connection.QueryAsync<Watched>("SELECT number, path, soak, at FROM health_releases ORDER BY number", transaction: transaction).ConfigureAwait(false))
            .Select(row => new WatchedRelease(row.Number, row.Path, row.Soak, row.At))];

    private sealed class Watched
    {
        public int Number { get; init; }

        public string Path { get; init; } = "";

        public long Soak { get; init; }

        public long At { get; init; }
    }
}
