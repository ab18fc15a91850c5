using Dapper;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Access;

/// <summary>What is remembered between two requests that belong together: kept for a few minutes, in the database, and taken once.</summary>
internal sealed class Pending(Database database, TimeProvider clock)
{
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(5);

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <returns>The word that takes it back.</returns>
    public async Task<string> KeepAsync(string kind, string? account, string detail, CancellationToken stop)
    {
        string word = Secret.New();
        await database.WriteAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync("DELETE FROM access_pending WHERE until < @Now", new { Now }, transaction).ConfigureAwait(false);
                await connection.ExecuteAsync(
                    "INSERT INTO access_pending (digest, kind, account, detail, until) VALUES (@Digest, @kind, @account, @detail, @Until)",
                    new { Digest = Secret.Digest(word), kind, account, detail, Until = Now + (long)Lasts.TotalMilliseconds },
                    transaction).ConfigureAwait(false);
            },
            stop).ConfigureAwait(false);
        return word;
    }

    /// <summary>The detail, or null: never kept, already taken, too old, of another kind or another account.</summary>
    public Task<string?> TakeAsync(string kind, string? account, string word, CancellationToken stop) => database.WriteAsync(
        (connection, transaction) => connection.QuerySingleOrDefaultAsync<string>(
            "DELETE FROM access_pending WHERE digest = @Digest AND kind = @kind AND COALESCE(account, '') = @Account AND until > @Now RETURNING detail",
            new { Digest = Secret.Digest(word), kind, Account = account ?? "", Now },
            transaction),
        stop);
}
