using Microsoft.Extensions.Logging.Abstractions;
using Ringwall.Rollouts;
using Ringwall.Server.Audit;
using Ringwall.Server.Enrolment;
using Ringwall.Server.Health;
using Ringwall.Server.Inventory;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Tests.Health;

/// <summary>The parts of one replica that take reports and count them, without HTTP, on a clock that the test moves.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private readonly Dictionary<long, long> _sequences = [];

    private Fleet(string connectionString, ManualClock clock)
    {
        Clock = clock;
        Options = new ServerOptions { State = "/nowhere", Database = connectionString };
        Database = new Database(connectionString);
        Audit = new AuditLog(Database, clock);
        Devices = new Devices(Database, clock, Audit);
        Tokens = new JoinTokens(Database, clock, Audit);
        Sessions = new Sessions(Database, clock);
        FleetClock = new FleetClock(Database, clock, Options);
        View = new FleetView(Database, FleetClock);
        Intake = new ReportIntake(Database, FleetClock, NullLogger<ReportIntake>.Instance);
        History = new DeviceHistory(Database);
    }

    public ManualClock Clock { get; }

    public ServerOptions Options { get; }

    public Database Database { get; }

    public AuditLog Audit { get; }

    public Devices Devices { get; }

    public JoinTokens Tokens { get; }

    public Sessions Sessions { get; }

    public FleetClock FleetClock { get; }

    public FleetView View { get; }

    public ReportIntake Intake { get; }

    public DeviceHistory History { get; }

    public long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public static async Task<Fleet> StartAsync(string connectionString, ManualClock clock)
    {
        var fleet = new Fleet(connectionString, clock);
        await new Migrator(fleet.Database, clock).RunAsync(Migration.Embedded(), CancellationToken.None);
        await fleet.Sessions.LoadAsync(CancellationToken.None);
        await fleet.View.FollowAsync(CancellationToken.None);
        await fleet.Intake.StartAsync(CancellationToken.None);
        return fleet;
    }

    public Joining Joining(TrustedRoots? roots = null) => new(Database, Clock, Options, Devices, Tokens, Sessions, Audit, [new Roots(roots ?? new TrustedRoots("dmVuZG9ycw==", "ZGlyZWN0b3I="))]);

    public Task<Device> AddAsync(string id, Ring ring, string cell, string? site = null) =>
        Database.WriteAsync((c, t) => Devices.AddAsync(c, t, new NewDevice(id, new byte[91], $"machine {id[..6]}", "0.1.0", ring, cell, site)), CancellationToken.None);

    public Task<long> RegisterAsync(string release, int soak) => Database.WriteAsync((c, t) => View.RegisterAsync(c, t, release, soak), CancellationToken.None);

    /// <summary>Sends as the endpoint does.</summary>
    public async Task<long> SendAsync(long number, params DeviceReport[] reports)
    {
        DeviceReport[] @checked = ReportEndpoint.Checked(new ReportBatch(reports));
        var sent = new SentReports((int)number, @checked, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(@checked[^1], FleetJson.Wire.DeviceReport), 500);
        Assert.True(Intake.TrySend(sent));
        return await sent.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>A report of a device that is well, with the next sequence.</summary>
    public DeviceReport Report(long number, params ReleaseReport[] releases) => new()
    {
        Sequence = _sequences[number] = _sequences.GetValueOrDefault(number) + 1,
        At = Now,
        Boot = "b1",
        Cell = "debian 12",
        Releases = releases,
    };

    public async ValueTask DisposeAsync()
    {
        await Intake.StopAsync(CancellationToken.None);
        Intake.Dispose();
        await Database.DisposeAsync();
    }

    private sealed class Roots(TrustedRoots roots) : IRootFiles
    {
        public Task<TrustedRoots?> FirstRootsAsync(CancellationToken stop) => Task.FromResult<TrustedRoots?>(roots);
    }
}
