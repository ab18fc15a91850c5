using System.Data.Common;
using Dapper;
using Ringwall.Server.Access.Doors;
using Ringwall.Server.Audit;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Access;

/// <summary>The people who may sign in.</summary>
public sealed class Accounts(Database database, AuditLog audit, TimeProvider clock)
{
    // Somebody who could sign in and may give rights to others must remain, whatever is changed.
    private const string OtherOperators = "SELECT COUNT(*) FROM access_accounts WHERE id <> @id AND disabled = 0 AND (' ' || roles || ' ') LIKE '% operator %'";

    /// <param name="who">Who makes it; "server" at the first start.</param>
    /// <param name="vendor">Whose releases it publishes; for <see cref="Role.Vendor"/> alone.</param>
    /// <returns>The account's id.</returns>
    /// <exception cref="RequestRefused">The name is taken.</exception>
    public Task<string> CreateAsync(string who, string name, IReadOnlyList<string> roles, string? vendor, CancellationToken stop) => CreateAsync(who, name, roles, vendor, external: null, stop);

    internal Task<string> CreateAsync(string who, string name, IReadOnlyList<string> roles, string? vendor, string? external, CancellationToken stop) =>
        database.WriteAsync((connection, transaction) => InsertAsync(connection, transaction, who, name, roles, vendor, external), stop);

    /// <summary>An account and the link that is its first way in: both are there, or neither.</summary>
    /// <returns>The account's id, and the link's path.</returns>
    /// <exception cref="RequestRefused">The name is taken.</exception>
    internal Task<(string Id, string Link)> InviteAsync(string who, string name, IReadOnlyList<string> roles, string? vendor, LinkDoor links, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            string id = await InsertAsync(connection, transaction, who, name, roles, vendor, external: null).ConfigureAwait(false);
            return (id, await links.NewAsync(connection, transaction, who, id).ConfigureAwait(false));
        },
        stop);

    internal Task<Account?> ByNameAsync(string name, CancellationToken stop) => OneAsync("name = @value", name, stop);

    internal Task<Account?> ByIdAsync(string id, CancellationToken stop) => OneAsync("id = @value", id, stop);

    internal Task<Account?> ByExternalAsync(string external, CancellationToken stop) => OneAsync("external = @value", external, stop);

    internal Task<IReadOnlyList<Account>> AllAsync(CancellationToken stop) => database.ReadAsync<IReadOnlyList<Account>>(
        async connection => [.. await connection.QueryAsync<Account>($"SELECT {Account.Columns} FROM access_accounts ORDER BY name").ConfigureAwait(false)], stop);

    /// <returns>False: the code of this step, or a later one, was used already.</returns>
    internal async Task<bool> UseStepAsync(string id, long step, CancellationToken stop) => await database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync("UPDATE access_accounts SET second_step = @step WHERE id = @id AND second_step < @step", new { id, step }, transaction),
        stop).ConfigureAwait(false) == 1;

    /// <exception cref="RequestRefused">There is no such account, or it is the last operator.</exception>
    internal Task ChangeAsync(string who, string id, IReadOnlyList<string> roles, string? vendor, bool disabled, CancellationToken stop) => ChangeAsync(
        who,
        id,
        "account.changed",
        new { roles, vendor, disabled },
        mustStayOperator: disabled || !roles.Contains(Role.Operator),
        async (connection, transaction) =>
        {
            await connection.ExecuteAsync(
                "UPDATE access_accounts SET roles = @Roles, vendor = @vendor, disabled = @Disabled WHERE id = @id",
                new { id, Roles = string.Join(' ', roles), vendor, Disabled = disabled ? 1 : 0 },
                transaction).ConfigureAwait(false);
            if (disabled)
            {
                await EndEverythingAsync(connection, transaction, id).ConfigureAwait(false);
            }
        },
        stop);

    /// <summary>Takes away whatever opens the account; a new link is then the way in.</summary>
    internal Task ResetAsync(string who, string id, CancellationToken stop) => ChangeAsync(
        who,
        id,
        "account.reset",
        null,
        mustStayOperator: false,
        async (connection, transaction) =>
        {
            await connection.ExecuteAsync("UPDATE access_accounts SET password = NULL, second = NULL WHERE id = @id", new { id }, transaction).ConfigureAwait(false);
            await connection.ExecuteAsync("DELETE FROM access_passkeys WHERE account = @id", new { id }, transaction).ConfigureAwait(false);
            await EndEverythingAsync(connection, transaction, id).ConfigureAwait(false);
        },
        stop);

    internal Task DeleteAsync(string who, string id, CancellationToken stop) => ChangeAsync(
        who,
        id,
        "account.deleted",
        null,
        mustStayOperator: true,
        (connection, transaction) => connection.ExecuteAsync("DELETE FROM access_accounts WHERE id = @id", new { id }, transaction),
        stop);

    /// <summary>Every other session of the account ends: whoever else was signed in must show the new one.</summary>
    internal Task SetPasswordAsync(string id, string hash, Session mine, CancellationToken stop) =>
        SetAsync(id, "password = @value", hash, "account.password-set", mine, stop);

    internal Task SetSecondAsync(string id, string secret, long step, Session mine, CancellationToken stop) =>
        SetAsync(id, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"second = @value, second_step = {step}"), secret, "account.second-factor-set", mine, stop);

    private async Task<string> InsertAsync(DbConnection connection, DbTransaction transaction, string who, string name, IReadOnlyList<string> roles, string? vendor, string? external)
    {
        string id = Secret.NewId();
        int made = await connection.ExecuteAsync(
            """
            INSERT INTO access_accounts (id, name, roles, vendor, external, created) VALUES (@id, @name, @Roles, @vendor, @external, @Now) ON CONFLICT DO NOTHING
            """,
            new { id, name, Roles = string.Join(' ', roles), vendor, external, Now = clock.GetUtcNow().ToUnixTimeMilliseconds() },
            transaction).ConfigureAwait(false);
        if (made == 0)
        {
            throw new RequestRefused(AccessProblems.NameTaken, name);
        }

        await audit.AppendAsync(connection, transaction, who, "account.created", id, new { name, roles, vendor, external }).ConfigureAwait(false);
        return id;
    }

    private Task SetAsync(string id, string set, string value, string what, Session mine, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            await connection.ExecuteAsync($"UPDATE access_accounts SET {set} WHERE id = @id", new { id, value }, transaction).ConfigureAwait(false);
            await connection.ExecuteAsync("DELETE FROM access_sessions WHERE account = @id AND digest <> @Digest", new { id, Digest = Secret.Digest(mine.Secret) }, transaction).ConfigureAwait(false);
            await audit.AppendAsync(connection, transaction, id, what, id).ConfigureAwait(false);
        },
        stop);

    private Task ChangeAsync(string who, string id, string what, object? detail, bool mustStayOperator, Func<DbConnection, DbTransaction, Task> change, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            // Changes of accounts exclude each other: two operators who remove each other at once must not both succeed.
            string forUpdate = database.Dialect == Dialect.Postgres ? " FOR UPDATE" : "";
            string[] ids = [.. await connection.QueryAsync<string>($"SELECT id FROM access_accounts ORDER BY id{forUpdate}", transaction: transaction).ConfigureAwait(false)];
            if (!ids.Contains(id))
            {
                throw new RequestRefused(ProblemType.NotFound, $"there is no account {id}");
            }

            if (mustStayOperator && await connection.ExecuteScalarAsync<long>(OtherOperators, new { id }, transaction).ConfigureAwait(false) == 0)
            {
                throw new RequestRefused(AccessProblems.LastOperator, "");
            }

            await change(connection, transaction).ConfigureAwait(false);
            await audit.AppendAsync(connection, transaction, who, what, id, detail).ConfigureAwait(false);
        },
        stop);

    private static async Task EndEverythingAsync(DbConnection connection, DbTransaction transaction, string id)
    {
        foreach (string table in (string[])["access_sessions", "access_tokens", "access_links", "access_pending"])
        {
            await connection.ExecuteAsync($"DELETE FROM {table} WHERE account = @id", new { id }, transaction).ConfigureAwait(false);
        }
    }

    private Task<Account?> OneAsync(string where, string value, CancellationToken stop) => database.ReadAsync(
        connection => connection.QuerySingleOrDefaultAsync<Account>($"SELECT {Account.Columns} FROM access_accounts WHERE {where}", new { value }), stop);
}
