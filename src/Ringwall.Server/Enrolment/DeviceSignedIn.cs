using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Ringwall.Server.Access;
using Ringwall.Server.Health;

namespace Ringwall.Server.Enrolment;

/// <summary>The scheme of devices: the bearer of a session token.</summary>
internal sealed class DeviceSignedIn(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Sessions sessions, FleetView fleet)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string DeviceClaim = "device";

    /// <summary>The session of a request's bearer token, if it has one and the device was not retired since.</summary>
    public static bool TryRead(HttpRequest request, Sessions sessions, FleetView fleet, out Session session)
    {
        session = default;
        string? header = request.Headers.Authorization;
        return header is not null && header.StartsWith("Bearer ", StringComparison.Ordinal)
            && sessions.TryRead(header.AsSpan("Bearer ".Length), out session) && !fleet.IsRetired(session.Number);
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!TryRead(Request, sessions, fleet, out Session session))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        ClaimsIdentity identity = new([new Claim(DeviceClaim, session.DeviceId)], Schemes.Device);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
    }
}
