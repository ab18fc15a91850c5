using Dapper;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Access;

/// <summary>Sessions and API tokens: made, looked up, ended. All of it is in the database, so any replica knows them and an ended one is ended everywhere.</summary>
public sealed class Credentials(Database database, TimeProvider clock)
{
    /// <summary>What an API token begins with, so that people and scanners recognise one.</summary>
    public const string TokenPrefix = "rwp_";

    /// <summary>A session nobody used for this long is over.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(2);

    /// <summary>And so is any session after this.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <param name="how">How the person signed in: "link", "password", "passkey", "oidc".</param>
    /// <returns>The secret for the cookie.</returns>
    public async Task<string> BeginSessionAsync(string account, string how, CancellationToken stop)
    {
        string secret = Secret.New();
        await database.WriteAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync("DELETE FROM access_sessions WHERE until < @Now OR seen < @Idle", new { Now, Idle = Now - (long)Idle.TotalMilliseconds }, transaction).ConfigureAwait(false);
                await connection.ExecuteAsync(
                    "INSERT INTO access_sessions (digest, account, how, created, seen, until) VALUES (@Digest, @account, @how, @Now, @Now, @Until)",
                    new { Digest = Secret.Digest(secret), account, how, Now, Until = Now + (long)Longest.TotalMilliseconds },
                    transaction).ConfigureAwait(false);
            },
            stop).ConfigureAwait(false);
        return secret;
    }

    public Task EndSessionAsync(string secret, CancellationToken stop) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync("DELETE FROM access_sessions WHERE digest = @Digest", new { Digest = Secret.Digest(secret) }, transaction), stop);

    public Task EndSessionsOfAsync(string account, CancellationToken stop) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync("DELETE FROM access_sessions WHERE account = @account", new { account }, transaction), stop);

    /// <summary>Null when the session is over, was ended, or never was. Using a session keeps it alive.</summary>
    public async Task<Person?> PersonOfSessionAsync(string secret, CancellationToken stop)
    {
        string digest = Secret.Digest(secret);
        SessionRow? row = await database.ReadAsync(
            connection => connection.QuerySingleOrDefaultAsync<SessionRow>(
                """
                SELECT a.id, a.name, a.roles, a.vendor, s.seen FROM access_sessions s JOIN access_accounts a ON a.id = s.account
                WHERE s.digest = @digest AND s.until > @Now AND s.seen > @Idle AND a.disabled = 0
                """,
                new { digest, Now, Idle = Now - (long)Idle.TotalMilliseconds }),
            stop).ConfigureAwait(false);
        if (row is null)
        {
            return null;
        }

        // Once a minute, not at every request: a page that is looked at must not become a stream of writes.
        if (Now - row.Seen > 60_000)
        {
            await database.WriteAsync(
                (connection, transaction) => connection.ExecuteAsync("UPDATE access_sessions SET seen = @Now WHERE digest = @digest", new { digest, Now }, transaction), stop).ConfigureAwait(false);
        }

        return ToPerson(row.Id, row.Name, row.Roles, row.Vendor);
    }

    public async Task<(string Id, string Token)> NewTokenAsync(string account, string name, TimeSpan lasts, CancellationToken stop)
    {
        string token = Secret.New(TokenPrefix);
        string id = Secret.NewId();
        await database.WriteAsync(
            (connection, transaction) => connection.ExecuteAsync(
                "INSERT INTO access_tokens (id, digest, account, name, created, until) VALUES (@id, @Digest, @account, @name, @Now, @Until)",
                new { id, Digest = Secret.Digest(token), account, name, Now, Until = Now + (long)lasts.TotalMilliseconds },
                transaction),
            stop).ConfigureAwait(false);
        return (id, token);
    }

    public async Task<Person?> PersonOfTokenAsync(string token, CancellationToken stop)
    {
        AccountRow? row = await database.ReadAsync(
            connection => connection.QuerySingleOrDefaultAsync<AccountRow>(
                """
                SELECT a.id, a.name, a.roles, a.vendor FROM access_tokens t JOIN access_accounts a ON a.id = t.account
                WHERE t.digest = @Digest AND t.until > @Now AND a.disabled = 0
                """,
                new { Digest = Secret.Digest(token), Now }),
            stop).ConfigureAwait(false);
        return row is null ? null : ToPerson(row.Id, row.Name, row.Roles, row.Vendor);
    }

    private static Person ToPerson(string id, string name, string roles, string? vendor) =>
        new(id, name, roles.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal), vendor);

    private sealed record SessionRow(string Id, string Name, string Roles, string? Vendor, long Seen);

    private sealed record AccountRow(string Id, string Name, string Roles, string? Vendor);
}
