using Ringwall.Server.Running;

namespace Ringwall.Server.Inventory;

public static class InventoryModule
{
    public static IServiceCollection AddInventory(this IServiceCollection services, ServerOptions options) => services;

    public static IEndpointRouteBuilder MapInventory(this IEndpointRouteBuilder routes) => routes;
}
