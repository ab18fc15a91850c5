using Microsoft.AspNetCore.Http.HttpResults;
using Ringwall.Server.Access.Doors;

namespace Ringwall.Server.Access;

/// <summary>Every way to become somebody. Anybody may knock.</summary>
internal static class SignInEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder anybody = routes.MapGroup("").AllowAnonymous().RequireRateLimiting(RateLimits.Anybody).WithTags("Access");
        anybody.MapPost("/api/v1/sign-in/password", ByPasswordAsync);
        anybody.MapPost("/api/v1/sign-in/passkey/options", (PasskeyDoor door, HttpContext context) => door.ChallengeAsync(context));
        anybody.MapPost("/api/v1/sign-in/passkey", ByPasskeyAsync);
        anybody.MapPost("/api/v1/sign-in/link", ByLinkAsync);
        anybody.MapGet("/sign-in/link/{token}", FollowLinkAsync).ExcludeFromDescription();
        routes.MapPost("/api/v1/sign-out", SignOutAsync).RequireAuthorization(Policies.Read).WithTags("Access");
    }

    private static async Task<NoContent> ByPasswordAsync(PasswordSignIn request, PasswordDoor door, Credentials credentials, HttpContext context)
    {
        string account = await door.OpenAsync(request.Name, request.Password, request.Code, context.Connection.RemoteIpAddress, context.RequestAborted).ConfigureAwait(false);
        return await BeginAsync(account, "password", credentials, context).ConfigureAwait(false);
    }

    private static async Task<NoContent> ByPasskeyAsync(PasskeySignIn request, PasskeyDoor door, Credentials credentials, HttpContext context)
    {
        string account = await door.OpenAsync(request.Pending, request.Credential, context).ConfigureAwait(false);
        return await BeginAsync(account, "passkey", credentials, context).ConfigureAwait(false);
    }

    private static async Task<NoContent> ByLinkAsync(LinkSignIn request, LinkDoor door, Credentials credentials, HttpContext context)
    {
        string account = await door.OpenAsync(request.Token, context.RequestAborted).ConfigureAwait(false);
        return await BeginAsync(account, "link", credentials, context).ConfigureAwait(false);
    }

    /// <summary>
    /// A link that was printed or sent is followed, so this GET signs in. Whoever is signed in already stays who they are: nobody is made somebody else by
    /// a link on a foreign page.
    /// </summary>
    private static async Task<RedirectHttpResult> FollowLinkAsync(string token, LinkDoor door, Credentials credentials, HttpContext context)
    {
        if (Session.Of(context) is null)
        {
            string account = await door.OpenAsync(token, context.RequestAborted).ConfigureAwait(false);
            await BeginAsync(account, "link", credentials, context).ConfigureAwait(false);
        }

        return TypedResults.Redirect("/");
    }

    private static async Task<NoContent> SignOutAsync(Credentials credentials, HttpContext context)
    {
        if (Session.Of(context) is { } session)
        {
            await credentials.EndSessionAsync(session.Secret, context.RequestAborted).ConfigureAwait(false);
            SessionCookie.Clear(context);
        }

        return TypedResults.NoContent();
    }

    internal static async Task<NoContent> BeginAsync(string account, string how, Credentials credentials, HttpContext context)
    {
        SessionCookie.Write(context, await credentials.BeginSessionAsync(account, how, context.RequestAborted).ConfigureAwait(false));
        return TypedResults.NoContent();
    }

    internal sealed record PasswordSignIn(string Name, string Password, string Code);

    /// <param name="Pending">From the options.</param>
    /// <param name="Credential">JSON text of the PublicKeyCredential, by its toJSON.</param>
    internal sealed record PasskeySignIn(string Pending, string Credential);

    internal sealed record LinkSignIn(string Token);
}
