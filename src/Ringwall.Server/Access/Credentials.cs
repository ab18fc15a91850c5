using Dapper;
using Ringwall.Server.Audit;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Access;

/// <summary>Sessions and API tokens: made, looked up, ended. All of it is in the database, so any replica knows them and an ended one is ended everywhere.</summary>
public sealed class Credentials(Database database, AuditLog audit, TimeProvider clock)
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
                await audit.AppendAsync(connection, transaction, account, "account.signed-in", account, new { how }).ConfigureAwait(false);
            },
            stop).ConfigureAwait(false);
        return secret;
    }

    public Task EndSessionAsync(string secret, CancellationToken stop) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync("DELETE FROM access_sessions WHERE digest = @Digest", new { Digest = Secret.Digest(secret) }, transaction), stop);

    public Task EndSessionsOfAsync(string account, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            await connection.ExecuteAsync("DELETE FROM access_sessions WHERE account = @account", new { account }, transaction).ConfigureAwait(false);
            await audit.AppendAsync(connection, transaction, account, "account.signed-out-everywhere", account).ConfigureAwait(false);
        },
        stop);

    public async Task<(string Id, string Token)> NewTokenAsync(string account, string name, TimeSpan lasts, CancellationToken stop)
    {
        string token = Secret.New(TokenPrefix);
        string id = Secret.NewId();
        await database.WriteAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync("DELETE FROM access_tokens WHERE until < @Now", new { Now }, transaction).ConfigureAwait(false);
                await connection.ExecuteAsync(
                    "INSERT INTO access_tokens (id, digest, account, name, created, until) VALUES (@id, @Digest, @account, @name, @Now, @Until)",
                    new { id, Digest = Secret.Digest(token), account, name, Now, Until = Now + (long)lasts.TotalMilliseconds },
                    transaction).ConfigureAwait(false);
                await audit.AppendAsync(connection, transaction, account, "token.created", account, new { id, name, days = lasts.TotalDays }).ConfigureAwait(false);
            },
            stop).ConfigureAwait(false);
        return (id, token);
    }

    /// <returns>Whether the account had such a token.</returns>
    public Task<bool> EndTokenAsync(string account, string id, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            int ended = await connection.ExecuteAsync("DELETE FROM access_tokens WHERE account = @account AND id = @id", new { account, id }, transaction).ConfigureAwait(false);
            if (ended > 0)
            {
                await audit.AppendAsync(connection, transaction, account, "token.ended", account, new { id }).ConfigureAwait(false);
            }

            return ended > 0;
        },
        stop);

    public Task<IReadOnlyList<ApiToken>> TokensAsync(string account, CancellationToken stop) => database.ReadAsync<IReadOnlyList<ApiToken>>(
        async connection => [.. await connection.QueryAsync<ApiToken>("SELECT id, name, created, until FROM access_tokens WHERE account = @account ORDER BY created", new { account }).ConfigureAwait(false)], stop);

    public async Task<Person?> PersonOfTokenAsync(string token, CancellationToken stop)
    {
        SessionRow? row = await database.ReadAsync(
            connection => connection.QuerySingleOrDefaultAsync<SessionRow>(
                """
                SELECT a.id, a.name, a.roles, a.vendor, t.created, t.created AS seen FROM access_tokens t JOIN access_accounts a ON a.id = t.account
                WHERE t.digest = @Digest AND t.until > @Now AND a.disabled = 0
                """,
                new { Digest = Secret.Digest(token), Now }),
            stop).ConfigureAwait(false);
        return row?.ToPerson();
    }

    /// <summary>Null when the session is over, was ended, or never was. Using a session keeps it alive.</summary>
    internal async Task<Session?> SessionAsync(string secret, CancellationToken stop)
    {
        string digest = Secret.Digest(secret);
        SessionRow? row = await database.ReadAsync(
            connection => connection.QuerySingleOrDefaultAsync<SessionRow>(
                """
                SELECT a.id, a.name, a.roles, a.vendor, s.created, s.seen FROM access_sessions s JOIN access_accounts a ON a.id = s.account
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

        return new Session(secret, row.ToPerson(), row.Created);
    }

    private sealed record SessionRow(string Id, string Name, string Roles, string? Vendor, long Created, long Seen)
    {
        public Person ToPerson() => new(Id, Name, Roles.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal), Vendor);
    }
}
