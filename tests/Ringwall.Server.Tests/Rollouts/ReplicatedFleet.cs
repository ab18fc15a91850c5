using System.Data.Common;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Dapper;
using Npgsql;
using Ringwall.Server.Access;
using Ringwall.Server.Audit;
using Ringwall.Server.Storage;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Server.Tests.Releases;
using Ringwall.Trust;
using Ringwall.Wire.Api;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Tests.Rollouts;

/// <summary>
/// Two replicas as processes on a PostgreSQL of their own, signed repositories, and a fleet that reports all the time: what faults are tried on. It is large enough for a rollout to grow in many steps; on a
/// small one most of the first ring is let in at once, and the rules then rightly wait.
/// </summary>
public sealed class ReplicatedFleet : IAsyncDisposable
{
    /// <summary>A minute of the rollout rules.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);
    private readonly SigningParty _party = new();
    private readonly List<ServerProcess> _replicas = [];
    private string _connection = "";
    private Database? _database;
    private SpeakingFleet? _fleet;
    private HttpClient? _operator;
    private HttpClient? _vendor;
    private int _releases;

    public PostgresCluster Cluster { get; } = new();

    internal Database Database => _database!;

    internal SpeakingFleet Fleet => _fleet!;

    internal IReadOnlyList<ServerProcess> Replicas => _replicas;

    internal string Connection => _connection;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Once; afterwards it makes sure that two replicas run.</summary>
    public async Task StartAsync()
    {
        if (_fleet is null)
        {
            _connection = await new PostgresGround(Cluster).NewDatabaseAsync();
            _database = new Database(_connection);
            _replicas.Add(await ServerProcess.StartAsync(_connection, Pace));
            _operator = await PersonAsync([Role.Operator, Role.Approver], null);
            _vendor = await PersonAsync([Role.Vendor], "acme");
            await _party.OpenAsync(_operator, DateTimeOffset.UtcNow, "acme");
            using HttpResponseMessage policy = await _operator.PutAsJsonAsync("/api/v1/policy", RolloutField.Quick, Stop);
            Assert.True(policy.IsSuccessStatusCode, await policy.Content.ReadAsStringAsync(Stop));
            _fleet = new SpeakingFleet(() => [.. Volatile.Read(ref _addresses)], Pace) { IsStoredAsync = async (device, sequence) => await StoredAsync(device) >= sequence };
            await _fleet.StartAsync(_operator, _party, ("canary", 60), ("early", 60), ("broad", 90), ("critical", 30));
        }

        foreach (ServerProcess ended in _replicas.Where(replica => replica.HasEnded).ToArray())
        {
            await ForgetAsync(ended);
        }

        for (int i = _replicas.Count; i < 2; i++)
        {
            await AddAsync();
        }
    }

    /// <summary>Publishes the next release and begins to let it out.</summary>
    /// <returns>The rollout's id.</returns>
    public async Task<string> BeginAsync()
    {
        string path = $"acme/yara/content-{++_releases}.tar.gz";
        await _party.PublishAsync(_vendor!, "acme", DateTimeOffset.UtcNow, path, [1, 2, (byte)_releases]);
        Fleet.Path = path;

        // A rollout begins with the fleet that is there: every device shall have been heard.
        await UntilAsync(async () => (await QueryAsync<long>("SELECT COUNT(*) FROM health_states"))[0] == Fleet.Devices.Count, "not every device was heard");
        using HttpResponseMessage started = await _operator!.PostAsJsonAsync("/api/v1/rollouts", new RolloutOrder(path), Stop);
        Assert.True(started.IsSuccessStatusCode, await started.Content.ReadAsStringAsync(Stop));
        return (await started.Content.ReadFromJsonAsync<RolloutReply>(Stop))!.Line.Id;
    }

    /// <summary>Exposure grows so often from now on.</summary>
    public async Task UntilGrownAsync(string id, int steps = 1)
    {
        long? before = null;
        await UntilAsync(async () => await StepsAsync(id) is var now && now >= (before ??= now) + steps, "exposure did not grow");
    }

    public async Task<long> StepsAsync(string id) => (await QueryAsync<long>($"SELECT COUNT(*) FROM rollouts_steps WHERE rollout = '{id}'"))[0];

    public async Task<(string Owner, long Epoch)> LeaseAsync(string id) => (await QueryAsync<(string, long)>($"SELECT owner, epoch FROM rollouts_leases WHERE name = '{id}'"))[0];

    /// <summary>Another replica than the one of that epoch decides.</summary>
    /// <returns>How long after a moment it did.</returns>
    public async Task<TimeSpan> UntilTakenOverAsync(string id, long epoch, DateTimeOffset since)
    {
        long? at = null;
        await UntilAsync(async () => (at = (await QueryAsync<long?>($"SELECT MIN(at) FROM rollouts_decisions WHERE rollout = '{id}' AND epoch > {epoch}"))[0]) is not null, "nobody drives on");
        return DateTimeOffset.FromUnixTimeMilliseconds(at!.Value) - since;
    }

    internal Task<IReadOnlyList<T>> QueryAsync<T>(string sql) => RolloutField.QueryAsync<T>(Database, sql);

    internal ServerProcess Replica(string name) => _replicas.Single(replica => replica.Name == name);

    /// <summary>A killed or stopped replica is forgotten; devices no longer try it.</summary>
    internal async Task ForgetAsync(ServerProcess replica)
    {
        _replicas.Remove(replica);
        Listed();
        await replica.DisposeAsync();
    }

    /// <summary>Kills a replica in which reports wait for the database: each device in a hurry has asked within a second.</summary>
    internal async Task KillAtWorkAsync(ServerProcess replica)
    {
        await using DbConnection still = await Database.OpenAsync(Stop);
        await using DbTransaction held = await still.BeginTransactionAsync(Stop);
        await still.ExecuteAsync("SET LOCAL idle_in_transaction_session_timeout = 0; SELECT change FROM health_head FOR UPDATE", transaction: held);
        Stopwatch waited = Stopwatch.StartNew();
        await UntilAsync(() => Task.FromResult(waited.Elapsed > TimeSpan.FromSeconds(1)), "time stands still");
        await replica.KillAsync();
    }

    internal async Task<ServerProcess> AddAsync((string Namespace, string Address)? inside = null, string? connection = null)
    {
        ServerProcess replica = await ServerProcess.StartAsync(connection ?? _connection, Pace, inside);
        _replicas.Add(replica);
        Listed();
        return replica;
    }

    /// <summary>
    /// What must hold whatever happened. Decisions are numbered without a gap, each follows from its record, exposure never shrinks; each step lets in as many devices as its decision says; each published file
    /// says what a stored step says, in their order, and the last one what the last says; whatever was acknowledged is stored; the audit holds.
    /// </summary>
    internal async Task CheckAsync(string id)
    {
        // Nobody decides while this looks, because the lease is in its hand; what was decided is published all the same.
        await LeaveLeaseAsync(id, "a test that looks", long.MaxValue);
        try
        {
            await CheckDecidedAsync(id);
        }
        finally
        {
            await LeaveLeaseAsync(id, "nobody", 0);
        }
    }

    private Task<int> LeaveLeaseAsync(string id, string owner, long until) => Database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync("UPDATE rollouts_leases SET owner = @owner, epoch = epoch + 1, until = @until WHERE name = @id", new { id, owner, until }, transaction), Stop);

    private async Task CheckDecidedAsync(string id)
    {
        await UntilAsync(async () => (await QueryAsync<long>("SELECT wanted - published FROM rollouts_director"))[0] == 0, "what was decided was not published");
        double[][] steps = await RolloutField.CheckAsync(Database, id);
        (string release, string salt) = (await QueryAsync<(string, string)>($"SELECT release, salt FROM rollouts_rollouts WHERE id = '{id}'"))[0];
        long[] decided = [.. await QueryAsync<long>($"SELECT d.exposed FROM rollouts_steps s JOIN rollouts_decisions d ON d.rollout = s.rollout AND d.number = s.decision WHERE s.rollout = '{id}' ORDER BY s.number")];
        string[] rings = ["canary", "early", "broad", "critical"];
        Assert.Equal(decided[..steps.Length], steps.Select(step => (long)Fleet.Devices.Count(device => device.IsLetIn(release, salt, step[Array.IndexOf(rings, device.Ring)]))));

        int at = 0;
        double[] said = [];
        foreach (byte[] file in await QueryAsync<byte[]>("SELECT content FROM releases_files WHERE repository = 'director' AND name LIKE '%.targets.json' ORDER BY CAST(split_part(name, '.', 1) AS BIGINT)"))
        {
            if (TargetsMetadata.ReadDraft(file).Targets.TryGetValue(release, out TargetFile? target))
            {
                OperatorOrder order = OperatorOrder.Read(target.Custom!);
                said = [.. rings.Select(ring => order.Exposure.SingleOrDefault(share => share.Ring == ring)?.Exposure ?? 0)];
                at = Array.FindIndex(steps, at, step => step.SequenceEqual(said));
                Assert.True(at >= 0, $"a published file says {string.Join(' ', said)}, which no stored decision does, or an earlier one");
            }
        }

        Assert.Equal(steps[^1], said);
        await CheckReportsAsync();
        Assert.True((await new AuditLog(Database, TimeProvider.System).VerifyAsync(Stop)).Verified);
    }

    /// <summary>Whatever was acknowledged is stored, and nothing that was never sent.</summary>
    internal async Task CheckReportsAsync()
    {
        (string Id, long Acknowledged)[] acknowledged = [.. Fleet.Devices.Select(device => (device.Id, device.Acknowledged))];
        Dictionary<string, long> stored = (await QueryAsync<(string Device, long Sequence)>("SELECT d.device, s.sequence FROM health_states s JOIN inventory_devices d ON d.number = s.number")).ToDictionary(row => row.Device, row => row.Sequence);
        Dictionary<string, long> sent = Fleet.Devices.ToDictionary(device => device.Id, device => device.Sequence);
        Assert.All(acknowledged, device => Assert.InRange(stored[device.Id], device.Acknowledged, sent[device.Id]));
        Assert.All(acknowledged, device => Assert.True(device.Acknowledged > 0));
    }

    internal static async Task UntilAsync(Func<Task<bool>> isSo, string otherwise)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!await IsSoAsync())
        {
            Assert.True(waited.Elapsed < Patience, otherwise);
            await Task.Delay(20, Stop);
        }

        async Task<bool> IsSoAsync()
        {
            try
            {
                return await isSo();
            }
            catch (NpgsqlException away) when (away.IsTransient)
            {
                // A test may have stopped the database a moment ago.
                return false;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_fleet is not null)
        {
            await _fleet.DisposeAsync();
        }

        foreach (ServerProcess replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        _operator?.Dispose();
        _vendor?.Dispose();
        await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Cluster.DisposeAsync();
    }

    private Uri[] _addresses = [];

    // With none left the last ones stay: they refuse, as they should.
    private void Listed() => Volatile.Write(ref _addresses, _replicas.Count > 0 ? [.. _replicas.Select(replica => replica.Address)] : _addresses);

    private async Task<long> StoredAsync(SpeakingDevice device) => await Database.ReadAsync(
        connection => connection.ExecuteScalarAsync<long>("SELECT s.sequence FROM health_states s JOIN inventory_devices d ON d.number = s.number WHERE d.device = @Id", new { device.Id }), CancellationToken.None);

    private async Task<HttpClient> PersonAsync(string[] roles, string? vendor)
    {
        Listed();
        AuditLog audit = new(Database, TimeProvider.System);
        string account = await new Accounts(Database, audit, TimeProvider.System).CreateAsync("server", $"p{Guid.NewGuid():N}", roles, vendor, Stop);
        (_, string token) = await new Credentials(Database, audit, TimeProvider.System).NewTokenAsync(account, "test", TimeSpan.FromDays(1), Stop);
        HttpClient client = new(new WhoeverAnswers(() => Volatile.Read(ref _addresses))) { BaseAddress = WhoeverAnswers.Anybody };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
