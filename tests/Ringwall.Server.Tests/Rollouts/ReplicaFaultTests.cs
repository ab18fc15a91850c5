using System.Diagnostics;
using System.Globalization;
using System.Net;
using Npgsql;
using Ringwall.Rollouts;
using Ringwall.Server.Tests.Grounds;

namespace Ringwall.Server.Tests.Rollouts;

/// <summary>Replicas and their database that are killed, stopped and cut off while a rollout grows. Whatever happens, it grows on, nobody is let in whom no stored decision lets in, and nothing acknowledged is lost.</summary>
public sealed class ReplicaFaultTests(ReplicatedFleet fleet) : IClassFixture<ReplicatedFleet>
{
    private static readonly TimeSpan TakesOver = TimeSpan.FromSeconds(5);

    // Of a device on a machine that has other things to do, and of replicas for one that left a transaction open.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // Where the database holds whoever drives a rollout ({0}: another may drive the one before, which is judged on), for as long as a test holds the lock of that number.
    private static readonly Dictionary<string, (int Lock, string Trigger)> Places = new()
    {
        ["half of a decision is written"] = (1, "CREATE OR REPLACE TRIGGER hold_1 AFTER INSERT ON rollouts_decisions FOR EACH ROW WHEN (NEW.rollout = '{0}') EXECUTE FUNCTION hold('1')"),
        ["a decision's commit was asked for and not answered"] =
            (2, "CREATE CONSTRAINT TRIGGER hold_2 AFTER INSERT ON rollouts_decisions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.rollout = '{0}') EXECUTE FUNCTION hold('2')"),
        ["a decision is there and its publication is not"] =
            (3, "CREATE OR REPLACE TRIGGER hold_3 AFTER UPDATE ON rollouts_director FOR EACH ROW WHEN (OLD.published <> NEW.published) EXECUTE FUNCTION hold('3')"),
        ["a publication's commit was asked for and not answered"] =
            (4, "CREATE CONSTRAINT TRIGGER hold_4 AFTER UPDATE ON rollouts_director DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.published <> NEW.published) EXECUTE FUNCTION hold('4')"),
    };

    public static TheoryData<string> PlacesToDie => [.. Places.Keys];

    [Theory]
    [MemberData(nameof(PlacesToDie))]
    public async Task A_replica_is_killed_where(string place)
    {
        await fleet.StartAsync();
        string id = await fleet.BeginAsync();
        await fleet.UntilGrownAsync(id);
        ServerProcess killed;
        long epoch;
        DateTimeOffset died;
        await using (Hold hold = await Hold.AtAsync(fleet.Connection, id, Places[place]))
        {
            killed = fleet.Replica(await hold.UntilSomebodyWaitsAsync());
            (_, epoch) = await fleet.LeaseAsync(id);
            await killed.KillAsync();
            died = DateTimeOffset.UtcNow;
        }

        // Who publishes need not be who drives: then nobody has to take over.
        if (Places[place].Lock <= 2 || killed.Drove(fleet.Fleet.Path, epoch))
        {
            TimeSpan took = await fleet.UntilTakenOverAsync(id, epoch, died);
            Assert.True(took < TakesOver, $"nobody drove for {took.TotalSeconds:0.0} s\n{fleet.Replicas.First(replica => replica != killed).Said}");
        }

        await fleet.ForgetAsync(killed);
        await fleet.UntilGrownAsync(id);
        await fleet.CheckAsync(id);
    }

    [Fact]
    public async Task A_rolling_restart_under_load_loses_no_report_and_cuts_nobody_off()
    {
        await fleet.StartAsync();
        string id = await fleet.BeginAsync();
        await fleet.UntilGrownAsync(id);
        SpeakingFleet devices = fleet.Fleet;
        devices.IsInAHurry = true;
        try
        {
            devices.Refusals.Clear();
            devices.TakeLongest();
            (long cut, long lost, long stored) = (devices.Cut, devices.Lost, devices.Stored);
            foreach (ServerProcess replica in fleet.Replicas.ToArray())
            {
                await UntilStoredAsync(devices, 500);
                Assert.Equal(0, await replica.StopAsync());
                await UntilStoredAsync(devices, 500);
                await fleet.ForgetAsync(replica);
                await fleet.AddAsync();
            }

            await UntilStoredAsync(devices, 500);
            TimeSpan longest = devices.TakeLongest();
            Assert.Equal((0, 0), (devices.Cut - cut, devices.Lost - lost));
            Assert.Empty(devices.Refusals);
            Assert.True(longest < Patience, $"a device was not served for {longest.TotalSeconds:0.0} s");
            await fleet.CheckAsync(id);

            // The control: a replica that is killed under the same load does cut connections, and so would be seen to.
            long ended = devices.Ended;
            await UntilStoredAsync(devices, 500);
            await fleet.KillAtWorkAsync(fleet.Replicas[0]);
            await ReplicatedFleet.UntilAsync(() => Task.FromResult(devices.Ended > ended), "no connection was cut by a kill: the run proves nothing");
        }
        finally
        {
            devices.IsInAHurry = false;
        }

        await fleet.CheckReportsAsync();
    }

    [Fact]
    public async Task A_database_that_is_gone_for_twenty_minutes_makes_no_device_dark_and_loses_nothing()
    {
        await fleet.StartAsync();
        string id = await fleet.BeginAsync();
        await fleet.UntilGrownAsync(id);
        SpeakingFleet devices = fleet.Fleet;
        devices.Refusals.Clear();
        long since = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Stopwatch gone = Stopwatch.StartNew();
        await fleet.Cluster.StopAsync();
        using HttpClient http = new();
        foreach (ServerProcess replica in fleet.Replicas)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync(new Uri(replica.Address, "/health/ready"))).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(replica.Address, "/health/live"))).StatusCode);
        }

        await ReplicatedFleet.UntilAsync(() => Task.FromResult(gone.Elapsed > 20 * ReplicatedFleet.Pace && !devices.Refusals.IsEmpty), "no device was refused");
        await fleet.Cluster.StartAgainAsync();
        await fleet.UntilGrownAsync(id);
        Assert.Equal(["ringwall:database-away"], devices.Refusals.Keys);
        await fleet.CheckAsync(id);

        // Silence of more than fifteen minutes is a harm, but nobody listened then, and the database says so.
        Assert.True((await fleet.QueryAsync<long>("SELECT MAX(until - since) FROM health_outages"))[0] >= 15 * ReplicatedFleet.Pace.TotalMilliseconds);
        Assert.Equal(0, (await fleet.QueryAsync<long>($"SELECT COUNT(*) FROM health_harms WHERE measure = {Measures.Dark} AND at >= {since}"))[0]);
        Assert.All(fleet.Replicas, replica => Assert.False(replica.HasEnded));
    }

    [Fact]
    public async Task A_database_that_is_killed_in_the_middle_of_a_rollout_is_gone_on_with_from_where_it_was()
    {
        await fleet.StartAsync();
        string id = await fleet.BeginAsync();
        await fleet.UntilGrownAsync(id);
        await fleet.Cluster.KillAsync();
        await fleet.Cluster.StartAgainAsync();
        await fleet.UntilGrownAsync(id);
        await fleet.CheckAsync(id);
        Assert.All(fleet.Replicas, replica => Assert.False(replica.HasEnded));
    }

    [Fact]
    public async Task A_replica_that_the_network_cuts_off_in_the_middle_of_a_decision_holds_nobody_up_and_does_nothing_more()
    {
        await fleet.StartAsync();
        await using NetworkNamespace apart = await NetworkNamespace.MakeAsync();
        NpgsqlConnectionStringBuilder words = new(fleet.Connection);
        await using Line line = new(words.Port, apart.Outside);
        (words.Host, words.Port) = (apart.Outside.ToString(), line.Port);

        ServerProcess cut = await fleet.AddAsync((apart.Name, apart.Inside.ToString()), words.ToString());
        try
        {
            await CutOffAsync(apart, cut);
        }
        finally
        {
            await fleet.ForgetAsync(cut);
        }
    }

    private async Task CutOffAsync(NetworkNamespace apart, ServerProcess cut)
    {
        // It drives, because the others end; then one of them comes back.
        foreach (ServerProcess other in fleet.Replicas.Where(replica => replica != cut).ToArray())
        {
            Assert.Equal(0, await other.StopAsync());
            await fleet.ForgetAsync(other);
        }

        string id = await fleet.BeginAsync();
        await fleet.UntilGrownAsync(id);
        ServerProcess survivor = await fleet.AddAsync();
        (string owner, long epoch) = await fleet.LeaseAsync(id);
        DateTimeOffset since;
        await using (Hold hold = await Hold.AtAsync(fleet.Connection, id, Places["half of a decision is written"]))
        {
            Assert.Equal(cut.Name, await hold.UntilSomebodyWaitsAsync());
            await apart.CutAsync();
            since = DateTimeOffset.UtcNow;
        }

        // Its transaction is open in the database still, with the lease's row in its hand.
        TimeSpan took = await fleet.UntilTakenOverAsync(id, epoch, since);
        Assert.True(took < Patience, $"nobody drove for {took.TotalSeconds:0.0} s\n{survivor.Said}");
        (string survivors, long next) = await fleet.LeaseAsync(id);
        Assert.NotEqual(owner, survivors);
        string ready = await apart.GetAsync(cut.Address.Port, "/health/ready");
        Assert.Contains("503", ready.Split('\n')[0], StringComparison.Ordinal);
        Assert.Contains("200", (await apart.GetAsync(cut.Address.Port, "/health/live")).Split('\n')[0], StringComparison.Ordinal);
        await fleet.UntilGrownAsync(id);

        await apart.MendAsync();
        using HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
        await ReplicatedFleet.UntilAsync(async () => await IsReadyAsync(http, cut), "it does not serve again");
        await fleet.UntilGrownAsync(id);
        Assert.Equal((survivors, next), await fleet.LeaseAsync(id));
        Assert.Equal([owner, survivors], await fleet.QueryAsync<string>($"SELECT owner FROM rollouts_decisions WHERE rollout = '{id}' GROUP BY owner ORDER BY MIN(number)"));
        Assert.Equal(0, (await fleet.QueryAsync<long>($"SELECT COUNT(*) FROM rollouts_decisions WHERE rollout = '{id}' AND (owner = '{owner}') <> (epoch <= {epoch})"))[0]);
        await fleet.CheckAsync(id);
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, ServerProcess replica)
    {
        try
        {
            return (await http.GetAsync(new Uri(replica.Address, "/health/ready"))).StatusCode == HttpStatusCode.OK;
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private static Task UntilStoredAsync(SpeakingFleet devices, long reports)
    {
        long before = devices.Stored;
        return ReplicatedFleet.UntilAsync(() => Task.FromResult(devices.Stored >= before + reports), "devices' reports are not stored");
    }

    private sealed class Hold : IAsyncDisposable
    {
        private readonly NpgsqlConnection _connection;
        private readonly int _lock;

        private Hold(NpgsqlConnection connection, int number) => (_connection, _lock) = (connection, number);

        public static async Task<Hold> AtAsync(string database, string rollout, (int Lock, string Trigger) place)
        {
            NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ToString());
            await connection.OpenAsync();
            Hold hold = new(connection, place.Lock);
            await hold.ExecuteAsync($"SELECT pg_advisory_lock({place.Lock})");
            await hold.ExecuteAsync(
                $"""
                CREATE OR REPLACE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::bigint); RETURN NULL; END';
                {string.Format(CultureInfo.InvariantCulture, place.Trigger, rollout)};
                """);
            return hold;
        }

        /// <returns>The name of the replica that waits there.</returns>
        public async Task<string> UntilSomebodyWaitsAsync()
        {
            string? name = null;
            await ReplicatedFleet.UntilAsync(
                async () =>
                {
                    await using NpgsqlCommand command = new("SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND NOT l.granted AND l.objid::bigint = @number", _connection);
                    command.Parameters.AddWithValue("number", (long)_lock);
                    return (name = await command.ExecuteScalarAsync() as string) is not null;
                },
                "nobody came there");
            return name!;
        }

        public ValueTask DisposeAsync() => _connection.DisposeAsync();

        private async Task ExecuteAsync(string sql)
        {
            await using NpgsqlCommand command = new(sql, _connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
