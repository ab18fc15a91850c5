using Dapper;
using Ringwall.Rollouts;
using Ringwall.Server.Access;
using Ringwall.Server.Releases;
using Ringwall.Server.Rollouts;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Server.Tests.Releases;
using Ringwall.Trust;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Tests.Rollouts;

/// <summary>A database with both repositories and a vendor, a fleet after a script, people, and as many replicas as a test wants.</summary>
internal sealed class RolloutField : IAsyncDisposable
{
    public const string First = "acme/yara/content-1.tar.gz";
    public const string Second = "acme/yara/content-2.tar.gz";
    public const string WayBack = "acme/yara/content-3.tar.gz";

    private readonly SigningParty _party = new();

    private RolloutField(string connectionString, int[] devices)
    {
        Options = SigningParty.With(new ServerOptions { State = "/nowhere", Database = connectionString });
        Database = new Database(connectionString);
        Fleet = new ScriptedFleet(Clock, devices);
        Replica = NewReplica();
    }

    public static Person Operator { get; } = new("id-olga", "olga", new HashSet<string> { Role.Operator }, null);

    public static Person Approver { get; } = new("id-anna", "anna", new HashSet<string> { Role.Approver }, null);

    public static Person Other { get; } = new("id-axel", "axel", new HashSet<string> { Role.Approver, Role.Operator }, null);

    public static Person Vendor { get; } = new("id-victor", "victor", new HashSet<string> { Role.Vendor }, "acme");

    public static Person Stranger { get; } = new("id-stella", "stella", new HashSet<string> { Role.Vendor }, "other");

    public ManualClock Clock { get; } = new();

    public ServerOptions Options { get; }

    public Database Database { get; }

    public ScriptedFleet Fleet { get; }

    public Replica Replica { get; }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Small numbers, so that a rollout ends within a few hours of its clock.</summary>
    public static FleetPolicy Quick { get; } = new() { SoakMinutes = 3, UrgentSoakMinutes = 2, Holdback = 0, EnoughInRing = [4, 6, 8], EnoughInCell = [1, 2, 4] };

    public static async Task<RolloutField> StartAsync(string connectionString, params int[] devices)
    {
        RolloutField field = new(connectionString, devices.Length == 0 ? [8, 12, 20, 8] : devices);
        await new Migrator(field.Database, field.Clock).RunAsync(Migration.Embedded(), Stop);
        DateTimeOffset now = field.Clock.GetUtcNow();
        await field.Replica.Repositories.PublishRootAsync(Repository.Vendors, field._party.FirstRoot(now, Repository.Vendors), "test", Stop);
        await field.Replica.Repositories.PublishRootAsync(Repository.Director, field._party.FirstRoot(now, Repository.Director), "test", Stop);
        await field.Replica.Repositories.PublishVendorsAsync(field._party.VendorsFile(now, "acme"), "test", Stop);
        await field.Replica.Policies.SetAsync(Quick, Operator, Stop);
        return field;
    }

    public Replica NewReplica(ServerOptions? options = null) => new(Database, Clock, Fleet, options ?? Options);

    /// <param name="path">The release, or the way back.</param>
    /// <param name="wayBackFrom">The release that it leads away from.</param>
    /// <param name="bytesOf">The release whose bytes it has; its own when not given.</param>
    public async Task<PublicationReply> PublishAsync(string path, string? wayBackFrom = null, string? bytesOf = null)
    {
        byte[] package = [.. System.Text.Encoding.UTF8.GetBytes(bytesOf ?? path)];
        await Replica.Packages.TakeAsync(new MemoryStream(package), "acme", Stop);
        byte[] file = _party.Sign("acme", Clock.GetUtcNow(), draft => draft.Set(SigningParty.Release(path, package, "1", wayBackFrom)));
        PublicationReply reply = await Replica.Vendors.PublishAsync("acme", file, Vendor, Stop);
        _party.Keep("acme", file);
        return reply;
    }

    /// <summary>Published, asked for and approved.</summary>
    public async Task<string> BeginAsync(string path = First)
    {
        await PublishAsync(path);
        string id = await Replica.Desk.StartAsync(path, urgent: false, Operator, Stop);
        await Replica.Desk.ApproveAsync(id, Approver, "", Stop);
        return id;
    }

    /// <summary>A minute passes, and a replica looks.</summary>
    public async Task MinuteAsync(Replica? replica = null)
    {
        Clock.Advance(TimeSpan.FromMinutes(1));
        await (replica ?? Replica).LookAsync();
    }

    /// <summary>Minutes pass until it is so; far fewer than the bound, or the test fails.</summary>
    public async Task<RolloutReply> UntilAsync(string id, Func<RolloutReply, bool> isSo, int most = 240, Replica? replica = null)
    {
        for (int minute = 0; minute < most; minute++)
        {
            await MinuteAsync(replica);
            RolloutReply reply = await ReadAsync(id);
            if (isSo(reply))
            {
                return reply;
            }
        }

        Assert.Fail($"after {most} minutes: {(await ReadAsync(id)).Line.State}, {(await ReadAsync(id)).Words}");
        return null!;
    }

    public async Task<RolloutReply> ReadAsync(string id) => (await Replica.Pages.FindAsync(id, Operator, Stop))!;

    /// <summary>What the director repository says, as a device reads it.</summary>
    public async Task<IReadOnlyDictionary<string, OperatorOrder>> OrdersAsync()
    {
        byte[] file = (await Replica.Repositories.RoleAsync(Repository.Director, RoleName.Targets, Stop))!;
        return TargetsMetadata.ReadDraft(file).Targets.ToDictionary(target => target.Key, target => OperatorOrder.Read(target.Value.Custom!));
    }

    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql) => QueryAsync<T>(Database, sql);

    public static Task<IReadOnlyList<T>> QueryAsync<T>(Database database, string sql) => database.ReadAsync<IReadOnlyList<T>>(async connection => [.. await connection.QueryAsync<T>(sql)], Stop);

    /// <summary>
    /// What must hold whatever happened: decisions are numbered without gaps, each follows from its record and knows of exactly those whom the ones before let in, windows follow each other, and each step exposes what the one before did and more.
    /// </summary>
    /// <returns>The exposures of all steps.</returns>
    public static async Task<double[][]> CheckAsync(Database database, string id)
    {
        IReadOnlyList<(long Number, long Minute, string Kind, byte[] Record)> decisions = await QueryAsync<(long, long, string, byte[])>(database, $"SELECT number, minute, kind, record FROM rollouts_decisions WHERE rollout = '{id}' ORDER BY number");
        Assert.Equal(Enumerable.Range(1, decisions.Count).Select(number => (long)number), decisions.Select(decision => decision.Number));
        Assert.Equal(decisions.Select(decision => decision.Minute), await QueryAsync<long>(database, $"SELECT minute FROM rollouts_windows WHERE rollout = '{id}' ORDER BY minute"));
        Assert.Equal(decisions.Count, decisions.Select(decision => decision.Minute).Distinct().Count());
        int[]? letIn = null;
        foreach ((long number, long minute, string kind, byte[] record) in decisions)
        {
            RolloutInput input = DecisionRecord.FromJson(Packed.Decompress(record)).Restore();
            Assert.Equal(letIn ?? input.Exposed, input.Exposed);
            RolloutDecision again = RolloutRules.Decide(input);
            letIn = kind == "grow" ? Assert.IsType<RolloutDecision.Grow>(again).Exposed : input.Exposed;
            Assert.True(kind == "held" || again.GetType().Name.Equals(kind, StringComparison.OrdinalIgnoreCase), $"decision {number} of minute {minute} was {kind}, and its record says {again.GetType().Name}");
        }

        IReadOnlyList<(long Number, long Decision, string Exposure)> steps = await QueryAsync<(long, long, string)>(database, $"SELECT number, decision, exposure FROM rollouts_steps WHERE rollout = '{id}' ORDER BY number");
        Assert.Equal(Enumerable.Range(1, steps.Count).Select(number => (long)number), steps.Select(step => step.Number));
        Assert.Equal(decisions.Where(decision => decision.Kind == "grow").Select(decision => decision.Number), steps.Select(step => step.Decision));
        double[][] exposures = [.. steps.Select(step => System.Text.Json.JsonSerializer.Deserialize<double[]>(step.Exposure)!)];
        Assert.All(exposures.Zip(exposures.Skip(1)), pair => Assert.All(pair.First.Zip(pair.Second), share => Assert.True(share.Second >= share.First)));
        return exposures;
    }

    /// <summary>The same, and that the director says what the last step says.</summary>
    public async Task CheckAsync(string id)
    {
        double[][] exposures = await CheckAsync(Database, id);
        RolloutReply reply = await ReadAsync(id);
        if (reply.Line.State is RolloutStates.Running or RolloutStates.Complete && exposures.Length > 0)
        {
            OperatorOrder order = (await OrdersAsync())[reply.Line.Release];
            Assert.Equal(exposures[^1], ((string[])["canary", "early", "broad", "critical"]).Select(ring => order.ExposureOf(ring, Fleet.Cells[0])));
        }
    }

    public ValueTask DisposeAsync()
    {
        Replica.Keys.Dispose();
        return Database.DisposeAsync();
    }
}
