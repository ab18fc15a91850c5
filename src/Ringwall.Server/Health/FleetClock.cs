using System.Data.Common;
using Dapper;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Health;

/// <summary>
/// The fleet's clock and the order of all reports: one row that every writer on every replica takes first. It never goes back, so what is committed later has no earlier moment, and a
/// minute that was closed stays closed.
/// </summary>
internal sealed class FleetClock(Database database, TimeProvider clock, ServerOptions options)
{
    /// <summary>When nobody could write for this long, nobody was listening. Shorter stumbles do not matter to patience of 15 minutes.</summary>
    private readonly long _outage = Math.Max(2000, (long)options.Pace.TotalMilliseconds);

    public long PaceMilliseconds { get; } = (long)options.Pace.TotalMilliseconds;

    /// <summary>The minute of a rollout that a moment lies in, counted from 1970.</summary>
    public long MinuteOf(long unixMilliseconds) => unixMilliseconds / PaceMilliseconds;

    /// <summary>Takes the row until the transaction ends.</summary>
    public async Task<FleetMoment> NextAsync(DbConnection connection, DbTransaction transaction)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        DbCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.Transaction = transaction;
            command.CommandText = """
                UPDATE health_head SET change = change + 1, before = at, at = CASE WHEN at > @now THEN at ELSE @now END,
                outages = outages + CASE WHEN at > 0 AND @now - at > @outage THEN 1 ELSE 0 END
                WHERE one = 1 RETURNING change, at, before, releases, outages
                """;
            Add(command, "now", now);
            Add(command, "outage", _outage);
            FleetMoment moment;
            DbDataReader reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync().ConfigureAwait(false);
                moment = new FleetMoment(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4));
            }

            if (moment.Before > 0 && moment.At - moment.Before > _outage)
            {
                await connection.ExecuteAsync(
                    "INSERT INTO health_outages (since, until) VALUES (@Before, @At) ON CONFLICT (since) DO UPDATE SET until = excluded.until", moment, transaction).ConfigureAwait(false);
            }

            return moment;
        }
    }

    /// <summary>Closes every minute before now: whatever is stored from here on lies after.</summary>
    public Task<FleetMoment> CloseAsync(CancellationToken stop) => database.WriteAsync(NextAsync, stop);

    public static async Task<ListeningTime> ListeningAsync(DbConnection connection, DbTransaction? transaction = null) => new(
        [.. (await connection.QueryAsync<Outage>("SELECT since, until FROM health_outages ORDER BY since", transaction: transaction).ConfigureAwait(false)).Select(outage => (outage.Since, outage.Until))]);

    private static void Add(DbCommand command, string name, long value)
    {
        DbParameter parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }

    private sealed class Outage
    {
        public long Since { get; init; }

        public long Until { get; init; }
    }
}
