using Dapper;
using Ringwall.Server.Access.Doors;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Access;

/// <summary>The way in that the server itself offers, to whoever reads its output: while nobody has another one, and when it is asked for by name.</summary>
public sealed class FirstPerson(Accounts accounts, Database database, LinkDoor links)
{
    public const string Name = "operator";

    /// <summary>The path of a sign-in link, or null when somebody can sign in otherwise. Makes the first account.</summary>
    public async Task<string?> InviteAsync(CancellationToken stop)
    {
        IReadOnlyList<Account> all = await accounts.AllAsync(stop).ConfigureAwait(false);
        if (all.Count == 0)
        {
            return await LinkAsync(Name, stop).ConfigureAwait(false);
        }

        bool onlyByLink = all.All(account => account.Password is null && account.External is null)
            && await database.ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM access_passkeys"), stop).ConfigureAwait(false) == 0;
        return onlyByLink ? await LinkAsync(Name, stop).ConfigureAwait(false) : null;
    }

    /// <summary>The path of a link for an account of that name, which is made an operator's if there is none.</summary>
    public async Task<string> LinkAsync(string name, CancellationToken stop) =>
        await accounts.ByNameAsync(name, stop).ConfigureAwait(false) is { } known
            ? await links.NewAsync("server", known.Id, stop).ConfigureAwait(false)
            : (await accounts.InviteAsync("server", name, [Role.Approver, Role.Operator], null, links, stop).ConfigureAwait(false)).Link;
}
