using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Rollouts;

/// <summary>
/// Who drives what. A replica that was killed keeps its lease for <see cref="Life"/> at most; the next one takes it with a higher epoch, and whatever the first would still write is refused, because each
/// of its transactions begins by holding the lease. Until when it holds is written in the time of <see cref="DatabaseClock"/>, which replicas share;
/// what little their looks at it differ by makes a lease change hands so much too early or late, and nothing worse.
/// </summary>
internal sealed class Leases(Database database, TimeProvider clock)
{
    /// <summary>With the driver's look every half second, another one drives within three seconds; five are promised.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, (long Epoch, long Until)> _held = [];

    /// <summary>This replica, from its start to its end.</summary>
    public string Owner { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>Takes a lease that nobody holds, or renews one that is half over.</summary>
    /// <returns>Its epoch; null while another replica holds it.</returns>
    public async Task<long?> TakeAsync(string name, CancellationToken stop)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (_held.TryGetValue(name, out (long Epoch, long Until) held) && held.Until - now > Life.TotalMilliseconds / 2)
        {
            return held.Epoch;
        }

        // Asking costs no write while another holds it.
        (string Owner, long Until)? row = await database.ReadAsync(
            connection => connection.QuerySingleOrDefaultAsync<(string Owner, long Until)?>("SELECT owner, until FROM rollouts_leases WHERE name = @name", new { name }), stop).ConfigureAwait(false);
        if (row is { } other && other.Owner != Owner && other.Until > now)
        {
            _held.Remove(name);
            return null;
        }

        long until = now + (long)Life.TotalMilliseconds;
        long? epoch = await database.WriteAsync(
            (connection, transaction) => connection.QuerySingleOrDefaultAsync<long?>(
                """
                INSERT INTO rollouts_leases (name, owner, epoch, until) VALUES (@name, @Owner, 1, @until)
                ON CONFLICT (name) DO UPDATE SET
                    epoch = CASE WHEN rollouts_leases.owner = excluded.owner THEN rollouts_leases.epoch ELSE rollouts_leases.epoch + 1 END, owner = excluded.owner, until = excluded.until
                WHERE rollouts_leases.owner = excluded.owner OR rollouts_leases.until <= @now
                RETURNING epoch
                """,
                new { name, Owner, until, now }, transaction), stop).ConfigureAwait(false);
        if (epoch is { } mine)
        {
            _held[name] = (mine, until);
        }
        else
        {
            _held.Remove(name);
        }

        return epoch;
    }

    /// <summary>Holds the lease to the end of the transaction.</summary>
    /// <returns>False when another replica has taken over.</returns>
    public async Task<bool> HoldAsync(DbConnection connection, DbTransaction transaction, string name, long epoch) => await connection.ExecuteAsync(
        "UPDATE rollouts_leases SET until = @until WHERE name = @name AND owner = @Owner AND epoch = @epoch",
        new { name, Owner, epoch, until = clock.GetUtcNow().ToUnixTimeMilliseconds() + (long)Life.TotalMilliseconds }, transaction).ConfigureAwait(false) == 1;

    /// <summary>Gives all up, so that another replica need not wait.</summary>
    public async Task ReleaseAsync(CancellationToken stop)
    {
        _held.Clear();
        await database.WriteAsync(
            (connection, transaction) => connection.ExecuteAsync("UPDATE rollouts_leases SET until = 0 WHERE owner = @Owner", new { Owner }, transaction), stop).ConfigureAwait(false);
    }
}
