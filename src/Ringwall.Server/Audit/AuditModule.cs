using Ringwall.Server.Running;

namespace Ringwall.Server.Audit;

public static class AuditModule
{
    public static IServiceCollection AddAudit(this IServiceCollection services, ServerOptions options) => services.AddSingleton<AuditLog>();

    public static IEndpointRouteBuilder MapAudit(this IEndpointRouteBuilder routes) => routes;
}
