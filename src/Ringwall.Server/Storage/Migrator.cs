using System.Data.Common;
using Dapper;

namespace Ringwall.Server.Storage;

/// <summary>
/// Brings the database to what this program expects, in one transaction: all of it or nothing. Replicas that start together do it one after another, and
/// all but the first find nothing left to do.
/// </summary>
public sealed class Migrator(Database database, TimeProvider clock)
{
    // Any number, the same in every version of the program: pg_advisory_xact_lock's key.
    private const long LockKey = 0x52494E47_57414C4C;

    /// <returns>How many migrations were applied.</returns>
    /// <exception cref="MigrationException">The database holds a migration that this program does not have, or has otherwise.</exception>
    public Task<int> RunAsync(IReadOnlyList<Migration> migrations, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            if (database.Dialect == Dialect.Postgres)
            {
                await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(@LockKey)", new { LockKey }, transaction).ConfigureAwait(false);
            }

            await connection.ExecuteAsync(
                "CREATE TABLE IF NOT EXISTS schema_migrations (module TEXT NOT NULL, number BIGINT NOT NULL, digest TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (module, number))",
                transaction: transaction).ConfigureAwait(false);
            Dictionary<(string, long), string> applied = (await connection.QueryAsync<Applied>("SELECT module, number, digest FROM schema_migrations", transaction: transaction).ConfigureAwait(false))
                .ToDictionary(row => (row.Module, row.Number), row => row.Digest);
            Check(migrations, applied);
            Migration[] missing = [.. migrations.Where(migration => !applied.ContainsKey((migration.Module, migration.Number)))];
            foreach (Migration migration in missing)
            {
                await ApplyAsync(migration, connection, transaction).ConfigureAwait(false);
            }

            return missing.Length;
        },
        stop);

    private static void Check(IReadOnlyList<Migration> migrations, Dictionary<(string Module, long Number), string> applied)
    {
        Dictionary<(string, long), Migration> known = migrations.ToDictionary(migration => (migration.Module, (long)migration.Number));
        foreach (((string Module, long Number) key, string digest) in applied)
        {
            if (!known.TryGetValue(key, out Migration? mine))
            {
                throw new MigrationException($"the database has migration {key.Number} of {key.Module}, which this program does not know: it was used by a newer one");
            }

            if (mine.Digest != digest)
            {
                throw new MigrationException($"{key.Module}/{mine.Name} is not what was applied to the database: its text has changed since");
            }
        }
    }

    private async Task ApplyAsync(Migration migration, DbConnection connection, DbTransaction transaction)
    {
        await connection.ExecuteAsync(migration.SqlFor(database.Dialect), transaction: transaction).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "INSERT INTO schema_migrations (module, number, digest, at) VALUES (@Module, @Number, @Digest, @At)",
            new { migration.Module, migration.Number, migration.Digest, At = clock.GetUtcNow().ToUnixTimeMilliseconds() },
            transaction).ConfigureAwait(false);
    }

    private sealed record Applied(string Module, long Number, string Digest);
}
