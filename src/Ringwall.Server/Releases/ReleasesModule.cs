using Ringwall.Server.Enrolment;
using Ringwall.Server.Running;

namespace Ringwall.Server.Releases;

public static class ReleasesModule
{
    public static IServiceCollection AddReleases(this IServiceCollection services, ServerOptions options) => services
        .AddSingleton<OnlineKeyRing>()
        .AddSingleton<Repositories>()
        .AddSingleton<RepositoryShelf>()
        .AddSingleton<Packages>()
        .AddSingleton<PublishedReleases>()
        .AddSingleton<VendorDesk>()
        .AddSingleton<IRootFiles, FirstRoots>()
        .AddSingleton<Export>()
        .AddHostedService<RepositoryUpkeep>()
        .AddSingleton<IStartupFilter, FilesFirst>();

    public static IEndpointRouteBuilder MapReleases(this IEndpointRouteBuilder routes)
    {
        ReleaseEndpoints.Map(routes);
        return routes;
    }

    /// <summary>Signed files are answered before anybody is asked who they are.</summary>
    private sealed class FilesFirst : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseMiddleware<RepositoryFiles>();
            next(app);
        };
    }
}
