using System.Data.Common;
using Dapper;

namespace Ringwall.Server.Storage;

/// <summary>
/// The time of PostgreSQL, which all replicas share, carried on between two looks by this machine's counter. A replica whose own clock is wrong, or jumps, so writes the same moments as the others.
/// Before the first look, and for SQLite, it is the machine's.
/// </summary>
// Threads: any number read; DatabaseClockKeeper alone looks.
public sealed class DatabaseClock(Database database, TimeProvider machine) : TimeProvider
{
    /// <summary>An answer that took longer says too little about when it was given.</summary>
    private static readonly TimeSpan SlowestAnswer = TimeSpan.FromSeconds(1);

    private volatile Look? _look;

    /// <summary>How far the machine's own clock is ahead, as of the last look.</summary>
    public TimeSpan MachineAhead { get; private set; }

    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _look is { } look ? look.Time + machine.GetElapsedTime(look.Counter) : machine.GetUtcNow();

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>Asks the database what time it is. A look that took long changes nothing, but for the first.</summary>
    /// <exception cref="DbException">The database is away; the time goes on from the last look.</exception>
    public async Task LookAsync(CancellationToken stop)
    {
        if (database.Dialect != Dialect.Postgres)
        {
            return;
        }

        Look look = await database.ReadAsync(
            async connection =>
            {
                long before = machine.GetTimestamp();
                long time = await connection.ExecuteScalarAsync<long>("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)").ConfigureAwait(false);
                TimeSpan took = machine.GetElapsedTime(before);
                return new Look(DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(time) - (took / 2), before, took);
            },
            stop).ConfigureAwait(false);
        if (_look is null || look.Took <= SlowestAnswer)
        {
            _look = look;
            MachineAhead = machine.GetUtcNow() - GetUtcNow();
        }
    }

    /// <param name="Time">What time it was when the question was asked.</param>
    /// <param name="Counter">What the machine's counter said then.</param>
    /// <param name="Took">How long the answer took.</param>
    private sealed record Look(DateTimeOffset Time, long Counter, TimeSpan Took);
}
