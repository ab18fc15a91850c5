using System.Globalization;
using Ringwall.Rollouts;
using Ringwall.Server.Health;
using Ringwall.Server.Inventory;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Tests.Health;

/// <summary>What pages are told of the fleet.</summary>
public abstract class DeviceWatchTests(Ground ground)
{
    private const string Release = "acme/yara/content-7.tar.gz";
    private const string Cell = "debian 12";

    [Fact]
    public async Task One_dark_device_is_seen_among_many_that_sleep_and_others_that_left()
    {
        var clock = new ManualClock();
        await using Fleet fleet = await Fleet.StartAsync(await ground.NewDatabaseAsync(), clock);
        var watch = new DeviceWatch(fleet.Database, fleet.View, fleet.Options, clock);
        Device dark = await fleet.AddAsync(Id(0), Ring.Broad, Cell);
        Device before = await fleet.AddAsync(Id(1), Ring.Broad, Cell);
        await fleet.SendAsync(before.Number, fleet.Report(before.Number));
        clock.Advance(TimeSpan.FromSeconds(1));
        await fleet.SendAsync(dark.Number, fleet.Report(dark.Number));
        clock.Advance(TimeSpan.FromSeconds(1));
        for (int i = 2; i < 30; i++)
        {
            Device device = await fleet.AddAsync(Id(i), Ring.Broad, Cell);
            await fleet.SendAsync(device.Number, fleet.Report(device.Number) with { Goodbye = i % 2 == 0 });
            if (i % 2 != 0)
            {
                await fleet.Devices.RetireAsync(device.Id, "server", CancellationToken.None);
            }
        }

        for (int i = 0; i < 15; i++)
        {
            Assert.Empty(watch.Dark(1));
            clock.Advance(TimeSpan.FromMinutes(1));
            await fleet.View.CatchUpAsync(CancellationToken.None);
        }

        Assert.Equal([dark.Number], watch.Dark(1).Select(device => device.Number));
        Assert.Equal([dark.Number, before.Number], watch.Dark(100).Select(device => device.Number));
    }

    [Fact]
    public async Task What_pages_count_of_a_release_is_what_devices_said_of_it()
    {
        var clock = new ManualClock();
        await using Fleet fleet = await Fleet.StartAsync(await ground.NewDatabaseAsync(), clock);
        var watch = new DeviceWatch(fleet.Database, fleet.View, fleet.Options, clock);
        await fleet.RegisterAsync(Release, 8);
        var dice = new Random(5);
        string[] states = [ReleaseState.Fetched, ReleaseState.Probation, ReleaseState.InService, ReleaseState.InService, ReleaseState.Fallback, ReleaseState.Superseded];
        Device[] devices = new Device[12];
        for (int i = 0; i < devices.Length; i++)
        {
            devices[i] = await fleet.AddAsync(Id(i), Ring.Broad, Cell);
        }

        long most = 0;
        for (int round = 0; round < 20; round++)
        {
            foreach (Device device in devices)
            {
                string[] words = [.. Enumerable.Range(0, dice.Next(3)).Select(_ => states[dice.Next(states.Length)])];
                if (words.Length > 0)
                {
                    await fleet.SendAsync(device.Number, [.. words.Select(word => fleet.Report(device.Number, new ReleaseReport { Path = Release, State = word, Age = 1, Since = fleet.Now }))]);
                }
            }

            clock.Advance(TimeSpan.FromMinutes(1));
            int word = ReleaseState.All.ToList().IndexOf(ReleaseState.InService);
            long counted = (await fleet.Database.ReadAsync(
                connection => Dapper.SqlMapper.QueryAsync<long>(connection, $"SELECT COUNT(*) FROM health_runs WHERE state = {word.ToString(CultureInfo.InvariantCulture)}"), CancellationToken.None)).Single();
            Assert.Equal(counted, (await watch.InServiceAsync(CancellationToken.None)).GetValueOrDefault(Release));
            most = Math.Max(most, counted);
        }

        Assert.True(most > 2, "the case was not met");
    }

    private static string Id(int i) => (i + 1).ToString("x32", CultureInfo.InvariantCulture);
}

public sealed class SqliteDeviceWatchTests(SqliteGround ground) : DeviceWatchTests(ground), IClassFixture<SqliteGround>;

public sealed class PostgresDeviceWatchTests(PostgresCluster cluster) : DeviceWatchTests(new PostgresGround(cluster));
