using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Ringwall.Server.Running;

namespace Ringwall.Server.Access;

/// <summary>The scheme of persons: finds out who makes a request from its bearer token or its cookie.</summary>
internal sealed class SignedIn(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Credentials credentials)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The page that browsers are sent to, with ?back= and where they wanted to go.</summary>
    public const string Page = "/sign-in";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string header = Request.Headers.Authorization.ToString();
        if (header.Length > 0)
        {
            // Who brings a token means the token: a cookie beside it does not count.
            return header.StartsWith($"Bearer {Credentials.TokenPrefix}", StringComparison.Ordinal)
                && await credentials.PersonOfTokenAsync(header["Bearer ".Length..], Context.RequestAborted).ConfigureAwait(false) is { } caller
                ? Success(caller.ToPrincipal())
                : AuthenticateResult.NoResult();
        }

        if (SessionCookie.Read(Request) is { } secret && await credentials.SessionAsync(secret, Context.RequestAborted).ConfigureAwait(false) is { } session)
        {
            session.Set(Context);
            return Success(session.Person.ToPrincipal());
        }

        return AuthenticateResult.NoResult();
    }

    /// <summary>A person at a browser is shown where to sign in; a program is told 401.</summary>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (HttpMethods.IsGet(Request.Method) && Request.WantsPage())
        {
            Response.Redirect($"{Page}?back={Uri.EscapeDataString(Request.Path + Request.QueryString)}");
        }
        else
        {
            Response.StatusCode = StatusCodes.Status401Unauthorized;
            Response.Headers.WWWAuthenticate = "Bearer";
        }

        return Task.CompletedTask;
    }

    private AuthenticateResult Success(ClaimsPrincipal principal) => AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name));
}
