using Dapper;
using Ringwall.Server.Audit;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Access;

/// <summary>The people who may sign in.</summary>
public sealed class Accounts(Database database, AuditLog audit, TimeProvider clock)
{
    /// <param name="who">Who makes it; "server" at the first start.</param>
    /// <returns>The account's id.</returns>
    public async Task<string> CreateAsync(string who, string name, IReadOnlyList<string> roles, string? vendor, CancellationToken stop)
    {
        string id = Secret.NewId();
        await database.WriteAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync(
                    "INSERT INTO access_accounts (id, name, roles, vendor, created) VALUES (@id, @name, @Roles, @vendor, @Now)",
                    new { id, name, Roles = string.Join(' ', roles), vendor, Now = clock.GetUtcNow().ToUnixTimeMilliseconds() },
                    transaction).ConfigureAwait(false);
                await audit.AppendAsync(connection, transaction, who, "account.created", id, new { name, roles, vendor }).ConfigureAwait(false);
            },
            stop).ConfigureAwait(false);
        return id;
    }
}
