using Ringwall.Server.Running;

namespace Ringwall.Server.Storage;

public static class StorageModule
{
    public static IServiceCollection AddStorage(this IServiceCollection services, ServerOptions options) => services
        .AddSingleton(new Database(options.Database))
        .AddSingleton<Migrator>();
}
