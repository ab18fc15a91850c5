using Microsoft.AspNetCore.Http.HttpResults;
using Ringwall.Server.Access.Doors;

namespace Ringwall.Server.Access;

/// <summary>To the identity provider and back, where one is configured.</summary>
internal static class OidcEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder anybody = routes.MapGroup("/sign-in/oidc").AllowAnonymous().RequireRateLimiting(RateLimits.Anybody).ExcludeFromDescription();
        anybody.MapGet("", async (OidcDoor door, HttpContext context, string back = "/") => TypedResults.Redirect(await door.BeginAsync(back, context).ConfigureAwait(false)));
        anybody.MapGet("/callback", ReturnAsync);
    }

    private static async Task<RedirectHttpResult> ReturnAsync(OidcDoor door, Credentials credentials, HttpContext context, string code = "", string state = "")
    {
        (string account, string back) = await door.OpenAsync(code, state, context).ConfigureAwait(false);
        await SignInEndpoints.BeginAsync(account, "oidc", credentials, context).ConfigureAwait(false);
        return TypedResults.LocalRedirect(back);
    }
}
