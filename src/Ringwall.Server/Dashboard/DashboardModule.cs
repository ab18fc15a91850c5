using Ringwall.Server.Running;

namespace Ringwall.Server.Dashboard;

public static class DashboardModule
{
    public static IServiceCollection AddDashboard(this IServiceCollection services, ServerOptions options) => services;

    public static IEndpointRouteBuilder MapDashboard(this IEndpointRouteBuilder routes) => routes;
}
