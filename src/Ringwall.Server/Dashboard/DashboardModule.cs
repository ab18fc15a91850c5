using Ringwall.Server.Dashboard.Changing;
using Ringwall.Server.Dashboard.Live;
using Ringwall.Server.Dashboard.Reading;
using Ringwall.Server.Running;

namespace Ringwall.Server.Dashboard;

/// <summary>The pages: rendered here, brought up to date by server-sent events, changed by plain forms.</summary>
public static class DashboardModule
{
    public static IServiceCollection AddDashboard(this IServiceCollection services, ServerOptions options)
    {
        services.AddRazorComponents();
        return services
            .AddSingleton<AssetBundle>()
            .AddSingleton<NoticeCookie>()
            .AddSingleton<LiveEvents>()
            .AddSingleton<NeedReader>()
            .AddSingleton<ShellReader>()
            .AddSingleton<FleetReader>()
            .AddSingleton<RolloutReader>()
            .AddSingleton<ReleaseReader>()
            .AddSingleton<DeviceReader>()
            .AddSingleton<IncidentReader>()
            .AddSingleton<ControlReader>();
    }

    public static IEndpointRouteBuilder MapDashboard(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(AssetBundle.Folder + "{name}", (string name, AssetBundle assets, HttpContext context) => assets.Answer(name, context)).AllowAnonymous().ExcludeFromDescription();
        PageRoutes.Map(routes);
        FormRoutes.Map(routes);
        AccountForms.Map(routes);
        return routes;
    }
}
