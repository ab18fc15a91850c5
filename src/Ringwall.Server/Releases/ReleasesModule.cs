using Ringwall.Server.Running;

namespace Ringwall.Server.Releases;

public static class ReleasesModule
{
    public static IServiceCollection AddReleases(this IServiceCollection services, ServerOptions options) => services;

    public static IEndpointRouteBuilder MapReleases(this IEndpointRouteBuilder routes) => routes;
}
