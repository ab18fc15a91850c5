using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Ringwall.Server.Health;
using Ringwall.Server.Rollouts;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
using Ringwall.Server.Tests.Grounds;

namespace Ringwall.Server.Tests.Storage;

/// <summary>A replica whose machine does not know what time it is.</summary>
public sealed class DatabaseClockTests(PostgresCluster cluster)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(-1)]
    public async Task What_it_writes_has_the_time_of_the_others(int hours)
    {
        string where = await new PostgresGround(cluster).NewDatabaseAsync();
        await using Database database = new(where);
        OffClock machine = new() { Ahead = hours * Hour };
        DatabaseClock clock = new(database, machine);
        Assert.InRange((clock.GetUtcNow() - DateTimeOffset.UtcNow).Duration(), Hour / 2, 31 * Hour);
        await clock.LookAsync(None);
        Assert.InRange(clock.MachineAhead, (hours * Hour) - TimeSpan.FromMinutes(1), (hours * Hour) + TimeSpan.FromMinutes(1));
        await new Migrator(database, clock).RunAsync(Migration.Embedded(), None);
        await new FleetClock(database, clock, new ServerOptions { State = "/nowhere", Database = where }).CloseAsync(None);
        Leases leases = new(database, clock);
        Assert.NotNull(await leases.TakeAsync("one", None));
        IsNow(await database.ReadAsync(connection => connection.QuerySingleAsync<long>("SELECT at FROM health_head"), None));
        IsNow(await database.ReadAsync(connection => connection.QuerySingleAsync<long>("SELECT until FROM rollouts_leases"), None));

        // And when the machine is set right, or wrong in another way, between two looks.
        machine.Ahead = -hours * Hour;
        IsNow(clock.GetUtcNow().ToUnixTimeMilliseconds());
        await clock.LookAsync(None);
        IsNow(clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task The_server_has_no_other_clock()
    {
        await using WebApplication app = ServerApplication.Build(new ServerOptions { State = "/nowhere", Database = await new PostgresGround(cluster).NewDatabaseAsync() });
        Assert.IsType<DatabaseClock>(app.Services.GetRequiredService<TimeProvider>());
    }

    private static void IsNow(long unixMilliseconds) =>
        Assert.InRange((DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds) - DateTimeOffset.UtcNow).Duration(), TimeSpan.Zero, TimeSpan.FromMinutes(1));

    /// <summary>The machine's clock, and so much more.</summary>
    private sealed class OffClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
