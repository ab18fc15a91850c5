using Microsoft.AspNetCore.Authentication;
using Ringwall.Server.Access;
using Ringwall.Server.Running;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Enrolment;

/// <summary>How machines become devices: join tokens, keys made on the device, sessions.</summary>
public static class EnrolmentModule
{
    public static IServiceCollection AddEnrolment(this IServiceCollection services, ServerOptions options)
    {
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, DeviceSignedIn>(Schemes.Device, null);
        return services.AddSingleton<JoinTokens>().AddSingleton<Sessions>().AddSingleton<Joining>().AddSingleton<JoinLimit>().AddHostedService<SecretAtStart>();
    }

    public static IEndpointRouteBuilder MapEnrolment(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder device = routes.MapGroup("/api/v1/device").AllowAnonymous();
        device.MapPost("/enrol", async (HttpContext context, Joining joining, JoinLimit limit, CancellationToken stop) =>
        {
            // Guessing 256 bits is hopeless; this is against the load of those who try.
            limit.Enter(context.Connection.RemoteIpAddress);
            EnrolRequest request = await JsonBody.ReadAsync(context.Request, FleetJson.Wire.EnrolRequest, DeviceLimits.EnrolBytes, stop).ConfigureAwait(false);
            try
            {
                return TypedResults.Json(await joining.EnrolAsync(request, stop).ConfigureAwait(false), FleetJson.Wire.EnrolReply);
            }
            catch (RequestRefused refused) when (refused.Type.Status == StatusCodes.Status403Forbidden)
            {
                limit.Failed(context.Connection.RemoteIpAddress);
                throw;
            }
        }).WithName("enrol");
        device.MapPost("/session", async (HttpContext context, Joining joining, CancellationToken stop) => TypedResults.Json(
            await joining.BeginSessionAsync(await JsonBody.ReadAsync(context.Request, FleetJson.Wire.SessionRequest, DeviceLimits.EnrolBytes, stop).ConfigureAwait(false), stop).ConfigureAwait(false),
            FleetJson.Wire.SessionReply)).WithName("begin-session");

        RouteGroupBuilder tokens = routes.MapGroup("/api/v1/join-tokens").RequireAuthorization(Policies.Operator);
        tokens.MapGet("", async (JoinTokens all, CancellationToken stop) => TypedResults.Ok(await all.ListAsync(stop).ConfigureAwait(false))).WithName("list-join-tokens");
        tokens.MapPost("", async (JoinTokenWish wish, HttpContext context, JoinTokens all, CancellationToken stop) =>
            TypedResults.Ok(await all.MakeAsync(wish, Person.Of(context.User).Id, stop).ConfigureAwait(false))).WithName("make-join-token");
        tokens.MapDelete("/{id}", async (string id, HttpContext context, JoinTokens all, CancellationToken stop) =>
        {
            await all.WithdrawAsync(id, Person.Of(context.User).Id, stop).ConfigureAwait(false);
            return TypedResults.NoContent();
        }).WithName("withdraw-join-token");
        return routes;
    }

    /// <summary>The secret is there before the first request.</summary>
    private sealed class SecretAtStart(Sessions sessions) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => sessions.LoadAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
