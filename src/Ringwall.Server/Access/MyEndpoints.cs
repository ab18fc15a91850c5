using Microsoft.AspNetCore.Http.HttpResults;
using Ringwall.Server.Access.Doors;
using Ringwall.Server.Running;

namespace Ringwall.Server.Access;

/// <summary>What everybody may see and change of their own account.</summary>
internal static class MyEndpoints
{
    /// <summary>How long after signing in the ways to sign in may be changed: a browser that was left open is not enough.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(15);

    private const string NewSecond = "second factor";

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

    private static async Task<NewToken> NewTokenAsync(TokenWanted wanted, Credentials credentials, TimeProvider clock, HttpContext context)
    {
        Session session = FreshSession(context, clock);
        if (wanted.Days is < 1 or > 366)
        {
            throw new RequestRefused(ProblemType.BadRequest, "days: 1 to 366");
        }

        (string id, string token) = await credentials.NewTokenAsync(session.Person.Id, Text.Label("name", wanted.Name), TimeSpan.FromDays(wanted.Days), context.RequestAborted).ConfigureAwait(false);
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

    private static async Task<NewSecondFactor> NewSecondAsync(PasswordDoor door, Pending pending, TimeProvider clock, HttpContext context)
    {
        Session session = FreshSession(context, clock);
        byte[] secret = OneTimeCode.NewSecret();
        string word = await pending.KeepAsync(NewSecond, session.Person.Id, door.Protect(secret), context.RequestAborted).ConfigureAwait(false);
        string spelled = OneTimeCode.Spell(secret);
        return new NewSecondFactor(word, spelled, $"otpauth://totp/Ringwall:{Uri.EscapeDataString(session.Person.Name)}?secret={spelled}&issuer=Ringwall");
    }

    /// <summary>The app shows that it has the secret before anything depends on it.</summary>
    private static async Task<NoContent> ConfirmSecondAsync(SecondConfirmed request, PasswordDoor door, Pending pending, Accounts accounts, TimeProvider clock, HttpContext context)
    {
        Session session = FreshSession(context, clock);
        string secret = await pending.TakeAsync(NewSecond, session.Person.Id, request.Pending, context.RequestAborted).ConfigureAwait(false)
            ?? throw new RequestRefused(ProblemType.BadRequest, "that secret is too old, or was used; ask for a new one");
        long step = OneTimeCode.Accept(door.Unprotect(secret), request.Code, clock.GetUtcNow(), lastUsed: 0);
        if (step == 0)
        {
            throw new RequestRefused(ProblemType.BadRequest, "code: not the one of this secret and this time; ask for a new secret");
        }

        await accounts.SetSecondAsync(session.Person.Id, secret, step, session, context.RequestAborted).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> SetPasswordAsync(PasswordWanted request, Accounts accounts, TimeProvider clock, HttpContext context)
    {
        Session session = FreshSession(context, clock);
        if (request.Password.Length is < PasswordDoor.ShortestPassword or > PasswordDoor.LongestPassword || request.Password.Contains(session.Person.Name, StringComparison.OrdinalIgnoreCase))
        {
            throw new RequestRefused(ProblemType.BadRequest, $"password: {PasswordDoor.ShortestPassword} to {PasswordDoor.LongestPassword} characters, without the account's name");
        }

        await accounts.SetPasswordAsync(session.Person.Id, PasswordDoor.Hash(request.Password), session, context.RequestAborted).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static Task<PasskeyChallenge> PasskeyOptionsAsync(PasskeyDoor door, TimeProvider clock, HttpContext context) =>
        door.ChallengeToAddAsync(FreshSession(context, clock).Person, context);

    private static async Task<NoContent> AddPasskeyAsync(PasskeyWanted request, PasskeyDoor door, TimeProvider clock, HttpContext context)
    {
        Session session = FreshSession(context, clock);
        await door.AddAsync(session.Person, Text.Label("name", request.Name), request.Pending, request.Credential, context).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> RemovePasskeyAsync(string id, PasskeyStore store, TimeProvider clock, HttpContext context) =>
        Gone(await store.RemoveAsync(FreshSession(context, clock).Person.Id, id, context.RequestAborted).ConfigureAwait(false), "passkey");

    private static NoContent Gone(bool was, string what) => was ? TypedResults.NoContent() : throw new RequestRefused(ProblemType.NotFound, $"you have no such {what}");

    /// <summary>An API token never makes another way in: whoever steals one gets no further than it reaches.</summary>
    private static Session FreshSession(HttpContext context, TimeProvider clock) =>
        Session.Of(context) is { } session && clock.GetUtcNow().ToUnixTimeMilliseconds() - session.Created <= Fresh.TotalMilliseconds
            ? session
            : throw new RequestRefused(AccessProblems.SignInAgain, $"this takes a session that is younger than {Fresh.TotalMinutes} minutes");

    /// <param name="Antiforgery">Goes with every change; empty when asked with an API token, which needs none.</param>
    internal sealed record Me(
        string Id, string Name, IReadOnlyList<string> Roles, string? Vendor, string Antiforgery, bool HasPassword, bool HasSecondFactor, IReadOnlyList<PasskeySeen> Passkeys, IReadOnlyList<ApiToken> Tokens);

    internal sealed record TokenWanted(string Name, int Days = 90);

    /// <param name="Token">Shown this once.</param>
    internal sealed record NewToken(string Id, string Token);

    internal sealed record NewSecondFactor(string Pending, string Secret, string Uri);

    internal sealed record SecondConfirmed(string Pending, string Code);

    internal sealed record PasswordWanted(string Password);

    internal sealed record PasskeyWanted(string Name, string Pending, string Credential);
}
