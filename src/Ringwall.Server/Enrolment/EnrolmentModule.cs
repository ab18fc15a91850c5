using Ringwall.Server.Running;

namespace Ringwall.Server.Enrolment;

public static class EnrolmentModule
{
    public static IServiceCollection AddEnrolment(this IServiceCollection services, ServerOptions options) => services;

    public static IEndpointRouteBuilder MapEnrolment(this IEndpointRouteBuilder routes) => routes;
}
