using Microsoft.AspNetCore.Mvc;
using Ringwall.Rollouts;
using Ringwall.Server.Access;
using Ringwall.Server.Running;

namespace Ringwall.Server.Inventory;

/// <summary>Which devices the fleet has, and in which ring each stands.</summary>
public static class InventoryModule
{
    public static IServiceCollection AddInventory(this IServiceCollection services, ServerOptions options) => services.AddSingleton<Devices>().AddSingleton<DeviceLookup>();

    public static IEndpointRouteBuilder MapInventory(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/v1/devices");
        group.MapGet("", async (
            [FromQuery] string? ring, [FromQuery] string? cell, [FromQuery] string? site, [FromQuery] string? text, [FromQuery] long? after, [FromQuery] int? most, Devices devices, CancellationToken stop) =>
            TypedResults.Ok(await devices.ListAsync(
                new DeviceFilter { Ring = ring is null ? null : Read(ring), Cell = cell, Site = site, Text = text, After = after ?? 0, Most = most ?? 100 }, stop).ConfigureAwait(false)))
            .RequireAuthorization(Policies.Oversee).WithName("list-devices");
        group.MapGet("/{device}", async (string device, Devices devices, CancellationToken stop) =>
            TypedResults.Ok(await devices.FindAsync(device, stop).ConfigureAwait(false) ?? throw new RequestRefused(ProblemType.NotFound, $"there is no device {device}")))
            .RequireAuthorization(Policies.Oversee).WithName("get-device");
        group.MapPost("/{device}/ring", async (string device, RingWish wish, HttpContext context, Devices devices, CancellationToken stop) =>
            TypedResults.Ok(await devices.MoveAsync(device, Read(wish.Ring), Person.Of(context.User).Id, stop).ConfigureAwait(false)))
            .RequireAuthorization(Policies.Operator).WithName("move-device");
        group.MapDelete("/{device}", async (string device, HttpContext context, Devices devices, CancellationToken stop) =>
        {
            await devices.RetireAsync(device, Person.Of(context.User).Id, stop).ConfigureAwait(false);
            return TypedResults.NoContent();
        }).RequireAuthorization(Policies.Operator).WithName("retire-device");
        return routes;
    }

    private static Ring Read(string ring) =>
        RingName.TryRead(ring, out Ring known) ? known : throw new RequestRefused(ProblemType.BadRequest, $"'{ring}' is no ring: canary, early, broad or critical");

    private sealed record RingWish(string Ring);
}
