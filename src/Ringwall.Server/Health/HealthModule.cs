using Ringwall.Server.Running;

namespace Ringwall.Server.Health;

public static class HealthModule
{
    public static IServiceCollection AddHealth(this IServiceCollection services, ServerOptions options) => services;

    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes) => routes;
}
