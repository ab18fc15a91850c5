using Dapper;
using Microsoft.AspNetCore.Identity;
using Ringwall.Server.Audit;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Access.Doors;

/// <summary>
/// What the framework's PasskeyHandler asks of a store: who an account is, and which passkeys it has. Names, roles and the rest of ASP.NET Core Identity
/// are not kept here and may not be asked for.
/// </summary>
internal sealed class PasskeyStore(Database database, AuditLog audit, TimeProvider clock) : IUserPasskeyStore<PasskeyOwner>
{
    private const string Columns = "id, public_key, created, sign_count, transports, verified, backup_eligible, backed_up";

    public async Task<PasskeyOwner?> FindByIdAsync(string userId, CancellationToken cancellationToken) => await database.ReadAsync(
        connection => connection.QuerySingleOrDefaultAsync<PasskeyOwner>("SELECT id, name FROM access_accounts WHERE id = @userId AND disabled = 0", new { userId }), cancellationToken).ConfigureAwait(false);

    public async Task<PasskeyOwner?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) => await database.ReadAsync(
        connection => connection.QuerySingleOrDefaultAsync<PasskeyOwner>(
            "SELECT a.id, a.name FROM access_passkeys p JOIN access_accounts a ON a.id = p.account WHERE p.id = @Id", new { Id = Id(credentialId) }),
        cancellationToken).ConfigureAwait(false);

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(PasskeyOwner user, byte[] credentialId, CancellationToken cancellationToken) => (await database.ReadAsync(
        connection => connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM access_passkeys WHERE id = @Id AND account = @Account", new { Id = Id(credentialId), Account = user.Id }),
        cancellationToken).ConfigureAwait(false))?.ToPasskey();

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(PasskeyOwner user, CancellationToken cancellationToken) => [.. (await database.ReadAsync(
        connection => connection.QueryAsync<Row>($"SELECT {Columns} FROM access_passkeys WHERE account = @Id", new { user.Id }), cancellationToken).ConfigureAwait(false)).Select(row => row.ToPasskey())];

    public Task AddAsync(string account, string name, UserPasskeyInfo passkey, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO access_passkeys (id, account, name, public_key, sign_count, transports, verified, backup_eligible, backed_up, created)
                VALUES (@Id, @account, @name, @PublicKey, @SignCount, @Transports, @Verified, @BackupEligible, @BackedUp, @Created)
                """,
                new
                {
                    Id = Id(passkey.CredentialId),
                    account,
                    name,
                    passkey.PublicKey,
                    SignCount = (long)passkey.SignCount,
                    Transports = string.Join(' ', passkey.Transports ?? []),
                    Verified = passkey.IsUserVerified ? 1L : 0,
                    BackupEligible = passkey.IsBackupEligible ? 1L : 0,
                    BackedUp = passkey.IsBackedUp ? 1L : 0,
                    Created = clock.GetUtcNow().ToUnixTimeMilliseconds(),
                },
                transaction).ConfigureAwait(false);
            await audit.AppendAsync(connection, transaction, account, "account.passkey-added", account, new { name }).ConfigureAwait(false);
        },
        stop);

    /// <summary>After a sign-in.</summary>
    /// <returns>False: another sign-in with a later count came first, so one of the two has a copy of the key.</returns>
    public async Task<bool> CountAsync(UserPasskeyInfo passkey, CancellationToken stop) => await database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(
            "UPDATE access_passkeys SET sign_count = @Count, backed_up = @BackedUp WHERE id = @Id AND (sign_count < @Count OR @Count = 0)",
            new { Id = Id(passkey.CredentialId), Count = (long)passkey.SignCount, BackedUp = passkey.IsBackedUp ? 1L : 0 },
            transaction),
        stop).ConfigureAwait(false) == 1;

    public Task<IReadOnlyList<PasskeySeen>> ListAsync(string account, CancellationToken stop) => database.ReadAsync<IReadOnlyList<PasskeySeen>>(
        async connection => [.. await connection.QueryAsync<PasskeySeen>("SELECT id, name, created FROM access_passkeys WHERE account = @account ORDER BY created", new { account }).ConfigureAwait(false)], stop);

    public Task<bool> RemoveAsync(string account, string id, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            int removed = await connection.ExecuteAsync("DELETE FROM access_passkeys WHERE account = @account AND id = @id", new { account, id }, transaction).ConfigureAwait(false);
            if (removed > 0)
            {
                await audit.AppendAsync(connection, transaction, account, "account.passkey-removed", account, new { id }).ConfigureAwait(false);
            }

            return removed > 0;
        },
        stop);

    public Task<string> GetUserIdAsync(PasskeyOwner user, CancellationToken cancellationToken) => Task.FromResult(user.Id);

    public Task<string?> GetUserNameAsync(PasskeyOwner user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Name);

    public Task<string?> GetNormalizedUserNameAsync(PasskeyOwner user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Name);

    public Task SetUserNameAsync(PasskeyOwner user, string? userName, CancellationToken cancellationToken) => throw NotHere();

    public Task SetNormalizedUserNameAsync(PasskeyOwner user, string? normalizedName, CancellationToken cancellationToken) => throw NotHere();

    public Task<IdentityResult> CreateAsync(PasskeyOwner user, CancellationToken cancellationToken) => throw NotHere();

    public Task<IdentityResult> UpdateAsync(PasskeyOwner user, CancellationToken cancellationToken) => throw NotHere();

    public Task<IdentityResult> DeleteAsync(PasskeyOwner user, CancellationToken cancellationToken) => throw NotHere();

    public Task<PasskeyOwner?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw NotHere();

    public Task AddOrUpdatePasskeyAsync(PasskeyOwner user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw NotHere();

    public Task RemovePasskeyAsync(PasskeyOwner user, byte[] credentialId, CancellationToken cancellationToken) => throw NotHere();

    public void Dispose()
    {
    }

    private static NotSupportedException NotHere() => new("Accounts are changed through Accounts.");

    private static string Id(byte[] credentialId) => Convert.ToHexStringLower(credentialId);

    private sealed record Row(string Id, byte[] PublicKey, long Created, long SignCount, string Transports, long Verified, long BackupEligible, long BackedUp)
    {
        // What was attested is not kept: attestation is "none", so there is nothing to look at again.
        public UserPasskeyInfo ToPasskey() => new(
            Convert.FromHexString(Id),
            PublicKey,
            DateTimeOffset.FromUnixTimeMilliseconds(Created),
            (uint)SignCount,
            Transports.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Verified != 0,
            BackupEligible != 0,
            BackedUp != 0,
            attestationObject: [],
            clientDataJson: []);
    }
}
