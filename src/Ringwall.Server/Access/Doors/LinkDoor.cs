using System.Data.Common;
using Dapper;
using Ringwall.Server.Audit;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Access.Doors;

/// <summary>Links that sign in once: the first person's way in, and a new colleague's, who then sets a passkey or a password.</summary>
public sealed class LinkDoor(Database database, AuditLog audit, TimeProvider clock)
{
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(15);

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <returns>The path of the link on this server: /sign-in/link/TOKEN.</returns>
    public Task<string> NewAsync(string who, string account, CancellationToken stop) =>
        database.WriteAsync((connection, transaction) => NewAsync(connection, transaction, who, account), stop);

    /// <summary>In the caller's transaction.</summary>
    /// <returns>The path of the link on this server.</returns>
    internal async Task<string> NewAsync(DbConnection connection, DbTransaction transaction, string who, string account)
    {
        string token = Secret.New();
        await connection.ExecuteAsync("DELETE FROM access_links WHERE until < @Now", new { Now }, transaction).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "INSERT INTO access_links (digest, account, until) VALUES (@Digest, @account, @Until)",
            new { Digest = Secret.Digest(token), account, Until = Now + (long)Lasts.TotalMilliseconds },
            transaction).ConfigureAwait(false);
        await audit.AppendAsync(connection, transaction, who, "account.link-made", account).ConfigureAwait(false);
        return $"/sign-in/link/{token}";
    }

    /// <returns>The account's id.</returns>
    /// <exception cref="RequestRefused">The link was used, is too old, or never was.</exception>
    internal async Task<string> OpenAsync(string token, CancellationToken stop) =>
        await database.WriteAsync(
            (connection, transaction) => connection.QuerySingleOrDefaultAsync<string>(
                """
                DELETE FROM access_links WHERE digest = @Digest AND until > @Now
                AND account IN (SELECT id FROM access_accounts WHERE disabled = 0) RETURNING account
                """,
                new { Digest = Secret.Digest(token), Now },
                transaction),
            stop).ConfigureAwait(false)
        ?? throw new RequestRefused(AccessProblems.SignInRefused, "a link works once, and for 15 minutes");
}
