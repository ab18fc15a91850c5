using Ringwall.Server.Running;

namespace Ringwall.Server.Storage;

public static class StorageModule
{
    public static IServiceCollection AddStorage(this IServiceCollection services, ServerOptions options) => services
        .AddSingleton(new Database(options.Database))
        .AddSingleton<Migrator>();

    /// <param name="services">The server's.</param>
    /// <param name="clock">A test's; null is the database's.</param>
    internal static IServiceCollection AddClock(this IServiceCollection services, TimeProvider? clock) => clock is not null
        ? services.AddSingleton(clock)
        : services
            .AddSingleton(s => new DatabaseClock(s.GetRequiredService<Database>(), TimeProvider.System))
            .AddSingleton<TimeProvider>(s => s.GetRequiredService<DatabaseClock>())
            .AddHostedService<DatabaseClockKeeper>();
}
