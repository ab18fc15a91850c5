using Microsoft.AspNetCore.Http.HttpResults;
using Ringwall.Server.Access.Doors;
using Ringwall.Server.Running;

namespace Ringwall.Server.Access;

/// <summary>What an operator does with accounts. Auditors and approvers may look.</summary>
internal static class AccountEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder accounts = routes.MapGroup("/api/v1/accounts").WithTags("Access");
        accounts.MapGet("", ListAsync).RequireAuthorization(Policies.Oversee);
        accounts.MapPost("", CreateAsync).RequireAuthorization(Policies.Operator);
        accounts.MapPut("/{id}", ChangeAsync).RequireAuthorization(Policies.Operator);
        accounts.MapDelete("/{id}", DeleteAsync).RequireAuthorization(Policies.Operator);
        accounts.MapPost("/{id}/link", LinkAsync).RequireAuthorization(Policies.Operator);
        accounts.MapPost("/{id}/reset", ResetAsync).RequireAuthorization(Policies.Operator);
    }

    private static async Task<IReadOnlyList<AccountSeen>> ListAsync(Accounts accounts, CancellationToken stop) =>
        [.. (await accounts.AllAsync(stop).ConfigureAwait(false)).Select(account => new AccountSeen(
            account.Id, account.Name, account.RoleList, account.Vendor, account.Disabled != 0, account.Password is not null && account.Second is not null, account.External is not null, account.Created))];

    private static async Task<Created<AccountMade>> CreateAsync(AccountWanted wanted, Accounts accounts, LinkDoor links, HttpContext context)
    {
        string me = Person.Of(context.User).Id;
        (string[] roles, string? vendor) = Check(wanted.Roles, wanted.Vendor);
        (string id, string link) = await accounts.InviteAsync(me, Text.AccountName(wanted.Name), roles, vendor, links, context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Created($"/api/v1/accounts/{id}", new AccountMade(id, link));
    }

    private static async Task<NoContent> ChangeAsync(string id, AccountChanged change, Accounts accounts, HttpContext context)
    {
        (string[] roles, string? vendor) = Check(change.Roles, change.Vendor);
        await accounts.ChangeAsync(Person.Of(context.User).Id, id, roles, vendor, change.Disabled, context.RequestAborted).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> DeleteAsync(string id, Accounts accounts, HttpContext context)
    {
        await accounts.DeleteAsync(Person.Of(context.User).Id, id, context.RequestAborted).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static async Task<AccountMade> LinkAsync(string id, Accounts accounts, LinkDoor links, HttpContext context)
    {
        _ = await accounts.ByIdAsync(id, context.RequestAborted).ConfigureAwait(false) ?? throw new RequestRefused(ProblemType.NotFound, $"there is no account {id}");
        return new AccountMade(id, await links.NewAsync(Person.Of(context.User).Id, id, context.RequestAborted).ConfigureAwait(false));
    }

    private static async Task<NoContent> ResetAsync(string id, Accounts accounts, HttpContext context)
    {
        await accounts.ResetAsync(Person.Of(context.User).Id, id, context.RequestAborted).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    /// <summary>A vendor's account is that alone: what it publishes must not be let out by itself.</summary>
    internal static (string[] Roles, string? Vendor) Check(IReadOnlyList<string> roles, string? vendor)
    {
        string[] wanted = [.. roles.Distinct().Order(StringComparer.Ordinal)];
        if (wanted.Length == 0 || wanted.Except(Role.All).Any())
        {
            throw new RequestRefused(ProblemType.BadRequest, $"roles: one or more of {string.Join(", ", Role.All)}");
        }

        bool publishes = wanted.Contains(Role.Vendor);
        if (publishes != (vendor is not null) || (publishes && wanted.Length > 1))
        {
            throw new RequestRefused(ProblemType.BadRequest, "vendor: goes with the role vendor, and that role with no other");
        }

        return (wanted, vendor is null ? null : Text.VendorName(vendor));
    }

    internal sealed record AccountSeen(string Id, string Name, IReadOnlyList<string> Roles, string? Vendor, bool Disabled, bool HasPassword, bool External, long Created);

    internal sealed record AccountWanted(string Name, IReadOnlyList<string> Roles, string? Vendor = null);

    internal sealed record AccountChanged(IReadOnlyList<string> Roles, string? Vendor = null, bool Disabled = false);

    /// <param name="Link">Path of a sign-in link that works once within 15 minutes.</param>
    internal sealed record AccountMade(string Id, string Link);
}
