using Microsoft.AspNetCore.Authentication;
using Ringwall.Server.Running;

namespace Ringwall.Server.Access;

public static class AccessModule
{
    public static IServiceCollection AddAccess(this IServiceCollection services, ServerOptions options)
    {
        services.AddAuthentication(Schemes.Person).AddScheme<AuthenticationSchemeOptions, SignedIn>(Schemes.Person, null);
        services.AddAuthorization(Policies.Add);
        return services.AddSingleton<Credentials>().AddSingleton<Accounts>();
    }

    public static IEndpointRouteBuilder MapAccess(this IEndpointRouteBuilder routes) => routes;
}
