using Microsoft.AspNetCore.Http.HttpResults;
using Ringwall.Server.Access.Doors;
using Ringwall.Server.Running;

namespace Ringwall.Server.Access;

/// <summary>What everybody may see and change of their own account.</summary>
internal static class MyEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder mine = routes.MapGroup("/api/v1/me").RequireAuthorization(Policies.Read).WithTags("Access");
        mine.MapGet("", MeAsync);
        mine.MapPost("/tokens", NewTokenAsync);
        mine.MapDelete("/tokens/{id}", EndTokenAsync);
        mine.MapDelete("/sessions", EndSessionsAsync);
        mine.MapPost("/second", NewSecondAsync);
        mine.MapPost("/second/confirm", ConfirmSecondAsync);
        mine.MapPost("/password", SetPasswordAsync);
        mine.MapPost("/passkeys/options", PasskeyOptionsAsync);
        mine.MapPost("/passkeys", AddPasskeyAsync);
        mine.MapDelete("/passkeys/{id}", RemovePasskeyAsync);
    }

    private static async Task<Me> MeAsync(Accounts accounts, Credentials credentials, PasskeyStore passkeys, HttpContext context)
    {
        Person person = Person.Of(context.User);
        Account account = await accounts.ByIdAsync(person.Id, context.RequestAborted).ConfigureAwait(false) ?? throw new RequestRefused(ProblemType.NotFound, "");
        return new Me(
            person.Id,
            person.Name,
            [.. person.Roles.Order(StringComparer.Ordinal)],
            person.Vendor,
            CrossSite.TokenOf(context),
            account.Password is not null,
            account.Second is not null,
            await passkeys.ListAsync(person.Id, context.RequestAborted).ConfigureAwait(false),
            await credentials.TokensAsync(person.Id, context.RequestAborted).ConfigureAwait(false));
    }

    private static async Task<NewToken> NewTokenAsync(TokenWanted wanted, OwnAccount mine, HttpContext context)
    {
        (string id, string token) = await mine.NewTokenAsync(wanted.Name, wanted.Days, context).ConfigureAwait(false);
        return new NewToken(id, token);
    }

    private static async Task<NoContent> EndTokenAsync(string id, Credentials credentials, HttpContext context) =>
        Gone(await credentials.EndTokenAsync(Person.Of(context.User).Id, id, context.RequestAborted).ConfigureAwait(false), "token");

    private static async Task<NoContent> EndSessionsAsync(Credentials credentials, HttpContext context)
    {
        await credentials.EndSessionsOfAsync(Person.Of(context.User).Id, context.RequestAborted).ConfigureAwait(false);
        SessionCookie.Clear(context);
        return TypedResults.NoContent();
    }

    private static Task<NewSecondFactor> NewSecondAsync(OwnAccount mine, HttpContext context) => mine.NewSecondAsync(context);

    private static async Task<NoContent> ConfirmSecondAsync(SecondConfirmed request, OwnAccount mine, HttpContext context)
    {
        await mine.ConfirmSecondAsync(request.Pending, request.Code, context).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> SetPasswordAsync(PasswordWanted request, OwnAccount mine, HttpContext context)
    {
        await mine.SetPasswordAsync(request.Password, context).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static Task<PasskeyChallenge> PasskeyOptionsAsync(PasskeyDoor door, OwnAccount mine, HttpContext context) => door.ChallengeToAddAsync(mine.FreshSession(context).Person, context);

    private static async Task<NoContent> AddPasskeyAsync(PasskeyWanted request, PasskeyDoor door, OwnAccount mine, HttpContext context)
    {
        Session session = mine.FreshSession(context);
        await door.AddAsync(session.Person, Text.Label("name", request.Name), request.Pending, request.Credential, context).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> RemovePasskeyAsync(string id, OwnAccount mine, HttpContext context) => Gone(await mine.RemovePasskeyAsync(id, context).ConfigureAwait(false), "passkey");

    private static NoContent Gone(bool was, string what) => was ? TypedResults.NoContent() : throw new RequestRefused(ProblemType.NotFound, $"you have no such {what}");

    /// <param name="Antiforgery">Goes with every change; empty when asked with an API token, which needs none.</param>
    internal sealed record Me(
        string Id, string Name, IReadOnlyList<string> Roles, string? Vendor, string Antiforgery, bool HasPassword, bool HasSecondFactor, IReadOnlyList<PasskeySeen> Passkeys, IReadOnlyList<ApiToken> Tokens);

    internal sealed record TokenWanted(string Name, int Days = 90);

    /// <param name="Token">Shown this once.</param>
    internal sealed record NewToken(string Id, string Token);

    internal sealed record SecondConfirmed(string Pending, string Code);

    internal sealed record PasswordWanted(string Password);

    internal sealed record PasskeyWanted(string Name, string Pending, string Credential);
}
