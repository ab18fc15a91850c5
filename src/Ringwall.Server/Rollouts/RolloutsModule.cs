using Ringwall.Server.Audit;
using Ringwall.Server.Releases;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Rollouts;

public static class RolloutsModule
{
    public static IServiceCollection AddRollouts(this IServiceCollection services, ServerOptions options) => services
        .AddSingleton<IFleetSight, FleetSight>()
        .AddSingleton<ChangeFeed>()
        .AddSingleton<RolloutSignal>()
        .AddSingleton<FleetPolicies>()
        .AddSingleton<Leases>()
        .AddSingleton<DecisionWriter>()
        .AddSingleton<DirectorOrders>()
        .AddSingleton<RolloutWatch>()
        .AddSingleton<RolloutPages>()
        .AddSingleton<ExposureHistory>()
        .AddSingleton(provider => new RolloutDesk(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<IFleetSight>(), provider.GetRequiredService<AuditLog>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<RolloutSignal>()))
        .AddSingleton<IPublicationWatch>(provider => provider.GetRequiredService<RolloutDesk>())
        .AddSingleton<RolloutDriver>()
        .AddHostedService(provider =>
        {
            RolloutDriver driver = provider.GetRequiredService<RolloutDriver>();
            provider.GetRequiredService<RolloutSignal>().Nudge = driver.Nudge;
            return driver;
        });

    public static IEndpointRouteBuilder MapRollouts(this IEndpointRouteBuilder routes)
    {
        RolloutEndpoints.Map(routes);
        return routes;
    }
}
