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
        device.MapPost("/enrol", (HttpContext context, Joining joining, JoinLimit limit, CancellationToken stop) => LimitedAsync(context, limit, async () => TypedResults.Json(
            await joining.EnrolAsync(await JsonBody.ReadAsync(context.Request, FleetJson.Wire.EnrolRequest, DeviceLimits.EnrolBytes, stop).ConfigureAwait(false), stop).ConfigureAwait(false),
            FleetJson.Wire.EnrolReply))).WithName("enrol");
        device.MapPost("/session", (HttpContext context, Joining joining, JoinLimit limit, CancellationToken stop) => LimitedAsync(context, limit, async () => TypedResults.Json(
            await joining.BeginSessionAsync(await JsonBody.ReadAsync(context.Request, FleetJson.Wire.SessionRequest, DeviceLimits.EnrolBytes, stop).ConfigureAwait(false), stop).ConfigureAwait(false),
            FleetJson.Wire.SessionReply))).WithName("begin-session");

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

    // Guessing 256 bits is hopeless; this is against the load of those who try.
    private static async Task<T> LimitedAsync<T>(HttpContext context, JoinLimit limit, Func<Task<T>> answer)
    {
        limit.Enter(context.Connection.RemoteIpAddress);
        try
        {
            return await answer().ConfigureAwait(false);
        }
        catch (RequestRefused refused) when (refused.Type.Status is StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound)
        {
            limit.Failed(context.Connection.RemoteIpAddress);
            throw;
        }
    }

    /// <summary>The secret is there before the first request.</summary>
    private sealed class SecretAtStart(Sessions sessions) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => sessions.LoadAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
