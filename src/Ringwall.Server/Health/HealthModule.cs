using Ringwall.Server.Access;
using Ringwall.Server.Enrolment;
using Ringwall.Server.Inventory;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Health;

/// <summary>What devices report: stored, kept and counted.</summary>
public static class HealthModule
{
    public static IServiceCollection AddHealth(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton<FleetClock>();
        services.AddSingleton(s => new FleetView(s.GetRequiredService<Database>(), s.GetRequiredService<FleetClock>()));
        services.AddSingleton(s => new ReportIntake(s.GetRequiredService<Database>(), s.GetRequiredService<FleetClock>(), s.GetRequiredService<ILogger<ReportIntake>>()));
        return services
            .AddSingleton<DeviceHistory>()
            .AddSingleton<DeviceWatch>()
            .AddSingleton<CellWatch>()
            .AddSingleton<HealthMeter>()
            .AddHostedService(s => s.GetRequiredService<ReportIntake>())
            .AddHostedService<ViewKeeper>();
    }

    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        // Straight from routing to the endpoint: it looks at the token itself, and nobody but devices comes here, a million of them every five minutes.
        routes.MapPost("/api/v1/device/reports", (RequestDelegate)ReportEndpoint.HandleAsync).AllowAnonymous().ShortCircuit().WithName("report");

        RouteGroupBuilder devices = routes.MapGroup("/api/v1/devices/{device}").RequireAuthorization(Policies.Oversee);
        devices.MapGet("/report", async (string device, Devices all, DeviceHistory history, CancellationToken stop) =>
            TypedResults.Ok(await history.LastAsync(await NumberAsync(device, all, stop).ConfigureAwait(false), stop).ConfigureAwait(false))).WithName("get-last-report");
        devices.MapGet("/harms", async (string device, Devices all, DeviceHistory history, CancellationToken stop) =>
            TypedResults.Ok(await history.HarmsAsync(await NumberAsync(device, all, stop).ConfigureAwait(false), stop).ConfigureAwait(false))).WithName("list-device-harms");
        devices.MapGet("/probations", async (string device, Devices all, DeviceHistory history, CancellationToken stop) =>
            TypedResults.Ok(await history.ProbationsAsync(await NumberAsync(device, all, stop).ConfigureAwait(false), stop).ConfigureAwait(false))).WithName("list-device-probations");
        routes.MapGet("/api/v1/fleet", (FleetView fleet, TimeProvider clock) => TypedResults.Ok(fleet.Glance(clock.GetUtcNow().ToUnixTimeMilliseconds())))
            .RequireAuthorization(Policies.Oversee).WithName("get-fleet");
        return routes;
    }

    private static async Task<long> NumberAsync(string device, Devices devices, CancellationToken stop) =>
        (await devices.FindAsync(device, stop).ConfigureAwait(false))?.Number
        ?? throw new RequestRefused(ProblemType.NotFound, $"there is no device {device}");
}
