using Dapper;
using Ringwall.Server.Access.Doors;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Access;

/// <summary>The way in that the server itself offers, to whoever reads its output: while nobody has another one, and when it is asked for by name.</summary>
public sealed class FirstPerson(Accounts accounts, Database database, LinkDoor links)
{
    public const string Name = "operator";

    /// <summary>The path of a sign-in link, or null when an operator can sign in otherwise. Makes the first account.</summary>
    public async Task<string?> InviteAsync(CancellationToken stop)
    {
        IReadOnlyList<Account> all = await accounts.AllAsync(stop).ConfigureAwait(false);
        if (all.Count == 0)
        {
            return await LinkAsync(Name, stop).ConfigureAwait(false);
        }

        // Others' ways in do not help: who is locked out of running the fleet is.
        HashSet<string> withPasskey = [.. await database.ReadAsync(connection => connection.QueryAsync<string>("SELECT DISTINCT account FROM access_passkeys"), stop).ConfigureAwait(false)];
        Account[] operators = [.. all.Where(account => account.Disabled == 0 && account.RoleList.Contains(Role.Operator))];
        bool onlyByLink = !operators.Any(account => withPasskey.Contains(account.Id) || account is { Password: not null, Second: not null } || account.External is not null);
        return onlyByLink ? await LinkAsync(operators.Length > 0 ? operators[0].Name : Name, stop).ConfigureAwait(false) : null;
    }

    /// <summary>The path of a link for an account of that name, which is made an operator's if there is none.</summary>
    public async Task<string> LinkAsync(string name, CancellationToken stop) =>
        await accounts.ByNameAsync(name, stop).ConfigureAwait(false) is { } known
            ? await links.NewAsync("server", known.Id, stop).ConfigureAwait(false)
            : (await accounts.InviteAsync("server", name, [Role.Approver, Role.Operator], null, links, stop).ConfigureAwait(false)).Link;
}
