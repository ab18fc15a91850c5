using Ringwall.Server.Running;

namespace Ringwall.Server.Rollouts;

public static class RolloutsModule
{
    public static IServiceCollection AddRollouts(this IServiceCollection services, ServerOptions options) => services;

    public static IEndpointRouteBuilder MapRollouts(this IEndpointRouteBuilder routes) => routes;
}
