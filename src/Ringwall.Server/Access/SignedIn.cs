using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Ringwall.Server.Access;

/// <summary>The scheme of persons: finds out who makes a request from its cookie or its bearer token.</summary>
internal sealed class SignedIn(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Credentials credentials)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Cookie = "ringwall";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Bearer() is { } token)
        {
            return await credentials.PersonOfTokenAsync(token, Context.RequestAborted).ConfigureAwait(false) is { } caller
                ? Success(caller.ToPrincipal())
                : AuthenticateResult.Fail("no such token");
        }

        if (Request.Cookies[Cookie] is { Length: > 0 } secret)
        {
            if (await credentials.PersonOfSessionAsync(secret, Context.RequestAborted).ConfigureAwait(false) is { } person)
            {
                Context.Items[CrossSite.Item] = secret;
                return Success(person.ToPrincipal());
            }

            return AuthenticateResult.Fail("no such session");
        }

        return AuthenticateResult.NoResult();
    }

    private string? Bearer()
    {
        string header = Request.Headers.Authorization.ToString();
        return header.StartsWith($"Bearer {Credentials.TokenPrefix}", StringComparison.Ordinal) ? header["Bearer ".Length..] : null;
    }

    private AuthenticateResult Success(ClaimsPrincipal principal) => AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name));
}
