using Ringwall.Server.Rollouts;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Tests.Rollouts;

/// <summary>Replicas that die, stall and come back. Whatever happens, nobody is exposed twice, and no decision is lost.</summary>
public abstract class TakeoverTests(Ground ground)
{
    public sealed class OnSqlite(SqliteGround ground) : TakeoverTests(ground), IClassFixture<SqliteGround>;

    public sealed class OnPostgres(PostgresGround ground) : TakeoverTests(ground), IClassFixture<PostgresGround>;

    [Fact]
    public async Task Another_replica_drives_on_when_the_lease_of_a_dead_one_is_over_and_not_before()
    {
        await using RolloutField field = await StartAsync();
        string id = await field.BeginAsync();
        await field.UntilAsync(id, now => now.Line.Exposed > 0);
        Replica other = field.NewReplica();
        field.Clock.Advance(TimeSpan.FromMinutes(1));
        await field.Replica.LookAsync();
        long decisions = await DecisionsAsync(field, id);

        // The next minute has begun, the first replica has just died: its lease still stands.
        field.Clock.Advance(TimeSpan.FromMinutes(1) - (Leases.Life / 2));
        await field.Replica.Leases.TakeAsync(id, RolloutField.Stop);
        field.Clock.Advance(Leases.Life / 2);
        await other.LookAsync();
        Assert.Equal(decisions, await DecisionsAsync(field, id));
        field.Clock.Advance(Leases.Life / 2);
        await other.LookAsync();
        Assert.Equal(decisions + 1, await DecisionsAsync(field, id));
        await field.UntilAsync(id, now => now.Line.State == RolloutStates.Complete, replica: other);
        await field.CheckAsync(id);
        Assert.Equal([1L, 2L], await field.QueryAsync<long>($"SELECT DISTINCT epoch FROM rollouts_decisions WHERE rollout = '{id}' ORDER BY epoch"));
    }

    [Fact]
    public async Task A_replica_that_stalled_while_another_took_over_writes_nothing()
    {
        await using RolloutField field = await StartAsync();
        string id = await field.BeginAsync();
        await field.UntilAsync(id, now => now.Line.Exposed > 0);
        Replica other = field.NewReplica();
        bool tookOver = false;
        field.Clock.Advance(TimeSpan.FromMinutes(1));

        // It has looked at the fleet, and sleeps before it writes; meanwhile the other decides two minutes.
        field.Fleet.Asked = what =>
        {
            if (what == "evidence" && !tookOver)
            {
                tookOver = true;
                field.Clock.Advance(Leases.Life + TimeSpan.FromMinutes(1));
                other.LookAsync().GetAwaiter().GetResult();
                field.Clock.Advance(TimeSpan.FromMinutes(1));
                other.LookAsync().GetAwaiter().GetResult();
            }
        };
        long before = await DecisionsAsync(field, id);
        await field.Replica.LookAsync();
        Assert.True(tookOver);
        Assert.Equal(before + 2, await DecisionsAsync(field, id));
        Assert.Equal([other.Leases.Owner], await field.QueryAsync<string>($"SELECT DISTINCT owner FROM rollouts_decisions WHERE rollout = '{id}' AND number > {before}"));
        field.Fleet.Asked = _ => { };
        for (int minute = 0; minute < 20; minute++)
        {
            field.Clock.Advance(TimeSpan.FromMinutes(1));
            await field.Replica.LookAsync();
            await other.LookAsync();
        }

        await field.CheckAsync(id);
    }

    [Fact]
    public async Task Wherever_a_driver_dies_the_next_one_goes_on_from_there()
    {
        await using RolloutField field = await StartAsync();
        string id = await field.BeginAsync();
        Random random = new(7);
        int died = 0;
        Replica driver = field.Replica;
        for (int minute = 0; minute < 60; minute++)
        {
            string place = ((string[])["catch up", "evidence", "positions", "nowhere"])[random.Next(4)];
            field.Fleet.Asked = what => died += what == place ? throw new IOException($"killed at {what}") : 0;
            await field.MinuteAsync(driver);
            field.Fleet.Asked = _ => { };
            if (place != "nowhere")
            {
                died++;
                driver = field.NewReplica();
                field.Clock.Advance(Leases.Life);
            }
        }

        Assert.True(died > 15);
        await field.UntilAsync(id, now => now.Line.State == RolloutStates.Complete, replica: driver);
        await field.CheckAsync(id);
    }

    [Fact]
    public async Task What_was_decided_and_not_published_is_published_by_the_next()
    {
        await using RolloutField field = await StartAsync();
        string id = await field.BeginAsync();

        // This one has lost its keys: it decides, and dies before it could have published.
        Replica keyless = field.NewReplica(field.Options with { OnlineKeys = "/nowhere" });
        await field.UntilAsync(id, now => now.Line.Exposed > 0, replica: keyless);
        Assert.Empty(await field.OrdersAsync());
        field.Clock.Advance(Leases.Life);
        await field.Replica.LookAsync();
        Assert.True((await field.OrdersAsync()).ContainsKey(RolloutField.First));
        await field.CheckAsync(id);
    }

    [Fact]
    public async Task Two_replicas_that_look_at_the_same_time_decide_once()
    {
        await using RolloutField field = await StartAsync();
        string id = await field.BeginAsync();
        Replica other = field.NewReplica();
        for (int minute = 0; minute < 15; minute++)
        {
            field.Clock.Advance(TimeSpan.FromMinutes(1));
            await Task.WhenAll(field.Replica.LookAsync(), other.LookAsync());
        }

        Assert.Equal(15, await DecisionsAsync(field, id));
        await field.CheckAsync(id);
    }

    [Fact]
    public async Task A_replica_that_ends_in_order_lets_another_drive_at_once()
    {
        await using RolloutField field = await StartAsync();
        string id = await field.BeginAsync();
        await field.MinuteAsync();
        await field.Replica.Driver.StopAsync(RolloutField.Stop);
        Replica other = field.NewReplica();
        Assert.NotNull(await other.Leases.TakeAsync(id, RolloutField.Stop));
    }

    private static async Task<long> DecisionsAsync(RolloutField field, string id) => (await field.QueryAsync<long>($"SELECT COUNT(*) FROM rollouts_decisions WHERE rollout = '{id}'"))[0];

    private async Task<RolloutField> StartAsync() => await RolloutField.StartAsync(await ground.NewDatabaseAsync());
}
