using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Ringwall.Server.Access.Doors;
using Ringwall.Server.Running;

namespace Ringwall.Server.Access;

public static class AccessModule
{
    public static IServiceCollection AddAccess(this IServiceCollection services, ServerOptions options)
    {
        services.AddAuthentication(Schemes.Person).AddScheme<AuthenticationSchemeOptions, SignedIn>(Schemes.Person, null);
        services.AddAuthorization(Policies.Add);
        services.AddRateLimiter(RateLimits.Add);
        services.AddDataProtection().SetApplicationName("ringwall-server");
        services.AddSingleton<ProtectionKeys>().AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(keys => keys.XmlRepository = provider.GetRequiredService<ProtectionKeys>()));
        services.Configure<IdentityPasskeyOptions>(passkeys => PasskeyDoor.Configure(passkeys, options.PublicUrl));
        services.AddSingleton<PasskeyStore>().AddSingleton<IPasskeyHandler<PasskeyOwner>>(provider => new PasskeyHandler<PasskeyOwner>(
            new UserManager<PasskeyOwner>(provider.GetRequiredService<PasskeyStore>(), null!, null!, [], [], null!, new IdentityErrorDescriber(), provider, provider.GetRequiredService<ILogger<UserManager<PasskeyOwner>>>()),
            provider.GetRequiredService<IOptions<IdentityPasskeyOptions>>()));
        if (options.OidcAuthority is not null)
        {
            services.AddSingleton<OidcDoor>();
        }

        return services
            .AddSingleton<Credentials>()
            .AddSingleton<Accounts>()
            .AddSingleton<Guesses>()
            .AddSingleton<OpenStreams>()
            .AddSingleton<Pending>()
            .AddSingleton<PasswordDoor>()
            .AddSingleton<PasskeyDoor>()
            .AddSingleton<OwnAccount>()
            .AddSingleton<LinkDoor>()
            .AddSingleton<FirstPerson>();
    }

    public static IEndpointRouteBuilder MapAccess(this IEndpointRouteBuilder routes)
    {
        SignInEndpoints.Map(routes);
        if (routes.ServiceProvider.GetService<OidcDoor>() is not null)
        {
            OidcEndpoints.Map(routes);
        }

        MyEndpoints.Map(routes);
        AccountEndpoints.Map(routes);
        return routes;
    }
}
