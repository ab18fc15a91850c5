using System.Data.Common;
using System.Text;
using System.Text.Json;
using Ringwall.Server.Access;
using Ringwall.Server.Health;
using Ringwall.Server.Releases;
using Ringwall.Server.Rollouts;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Server.Tests.Health;
using Ringwall.Server.Tests.Releases;
using Ringwall.Server.Tests.Rollouts;
using Ringwall.Wire.Fleet;
using Ringwall.Wire.Probation;

namespace Ringwall.Server.Tests.Dashboard;

/// <summary>
/// A server whose database has everything that pages show: two vendors that let releases out at the same time, to a fleet that then falls silent, so that the rules pause both and look for a
/// cause; one release that is halted by a person; devices in trouble, in probation, and dark.
/// </summary>
internal sealed class TwoVendors : IAsyncDisposable
{
    public const string Acme = "acme";
    public const string Northwind = "northwind";

    private TwoVendors(RunningServer server, IReadOnlyDictionary<string, string> rollouts, string device)
    {
        Server = server;
        Rollouts = rollouts;
        Device = device;
    }

    public RunningServer Server { get; }

    /// <summary>Rollouts by the release that they let out.</summary>
    public IReadOnlyDictionary<string, string> Rollouts { get; }

    public string Device { get; }

    public static string Release(string vendor, int number = 1) => $"{vendor}/yara/content-{number}.tar.gz";

    public static async Task<TwoVendors> StartAsync(string connectionString)
    {
        ManualClock clock = new();
        Dictionary<string, string> rollouts = await LetOutAsync(connectionString, clock);
        RunningServer server = await RunningServer.StartAsync(connectionString, clock, SigningParty.With);
        return new TwoVendors(server, rollouts, await TroubleAsync(server));
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    // By the driver itself, on a fleet after a script.
    private static async Task<Dictionary<string, string>> LetOutAsync(string connectionString, ManualClock clock)
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using Database database = new(connectionString);
        await new Migrator(database, clock).RunAsync(Migration.Embedded(), stop);
        SilentFleet fleet = new(new ScriptedFleet(clock, 40, 40, 40, 8));
        Replica replica = new(database, clock, fleet, SigningParty.With(new ServerOptions { State = "/nowhere", Database = connectionString }));
        SigningParty party = new();
        foreach (string repository in (string[])[Repository.Vendors, Repository.Director])
        {
            await replica.Repositories.PublishRootAsync(repository, party.FirstRoot(clock.GetUtcNow(), repository), "test", stop);
        }

        await replica.Repositories.PublishVendorsAsync(party.VendorsFile(clock.GetUtcNow(), Acme, Northwind), "test", stop);
        await replica.Policies.SetAsync(RolloutField.Quick with { SoakMinutes = 20 }, RolloutField.Operator, stop);
        Dictionary<string, string> rollouts = [];
        foreach (string vendor in (string[])[Northwind, Acme])
        {
            byte[] package = Encoding.UTF8.GetBytes(vendor);
            await replica.Packages.TakeAsync(new MemoryStream(package), vendor, stop);
            byte[] file = party.Sign(vendor, clock.GetUtcNow(), draft =>
            {
                draft.Set(SigningParty.Release(Release(vendor), package));
                draft.Set(SigningParty.Release(Release(vendor, 2), package));
            });
            await replica.Vendors.PublishAsync(vendor, file, new Person($"id-{vendor}", $"{vendor}-person", new HashSet<string> { Role.Vendor }, vendor), stop);
            string id = rollouts[Release(vendor)] = await replica.Desk.StartAsync(Release(vendor), urgent: false, RolloutField.Operator, stop);
            await replica.Desk.ApproveAsync(id, RolloutField.Approver, "", stop);
        }

        for (int minute = 0; minute < 45; minute++)
        {
            fleet.IsSilent = minute >= 5;
            clock.Advance(TimeSpan.FromMinutes(1));
            await replica.LookAsync();
        }

        await replica.Desk.HaltAsync(rollouts[Release(Acme)], RolloutField.Operator, "it was enough", stop);
        replica.Keys.Dispose();
        return rollouts;
    }

    private static async Task<string> TroubleAsync(RunningServer server)
    {
        string device = "";
        for (int number = 1; number <= 2; number++)
        {
            (HttpClient client, Inventory.Device enrolled) = await IntakeTests.DeviceAsync(server, number);
            long now = server.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            string[] vendors = [Acme, Northwind];
            DeviceReport report = new()
            {
                Sequence = 1, At = now, Boot = "b", Cell = "debian 12",
                Releases = [.. vendors.Select(vendor => new ReleaseReport { Path = Release(vendor), State = ReleaseState.InService, Since = now })],
                Harms = [.. vendors.Select(vendor => new HarmReport { Measure = HarmMeasure.Crash, At = now, Release = Release(vendor), Detail = "signal 11" })],
                Probations = [.. vendors.Select(vendor => new ReleaseProbation(Probation(vendor, server.Clock.GetUtcNow()), Release(vendor)))],
            };
            using HttpResponseMessage answer = await client.PostAsync(
                "/api/v1/device/reports", new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new ReportBatch([report]), FleetJson.Wire.ReportBatch)), TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            device = enrolled.Id;
            client.Dispose();
        }

        return device;
    }

    private static ProbationReport Probation(string vendor, DateTimeOffset now) => new()
    {
        Sensor = "yara", Candidate = new GenerationIdentity(2, vendor, "1", null, "1", null), Current = new GenerationIdentity(1, vendor, "1", null, "0", null), Result = ProbationResult.Refused,
        Because = "it denies", Began = now, Ended = now, Host = "1", Cell = new MachineCell("debian 12", "6.1", "x64", []), Seed = 1, Phases = [], Gates = [],
        Differences = [new ProbationDifference { Path = "/usr/bin/true", Class = "exec", Candidate = "deny", Current = "allow" }],
    };

    /// <summary>The scripted fleet, whose devices without a release can stop reporting.</summary>
    private sealed class SilentFleet(ScriptedFleet fleet) : IFleetSight
    {
        public bool IsSilent { get; set; }

        public IReadOnlyList<string> Cells => fleet.Cells;

        public long MinuteOf(long unixMilliseconds) => fleet.MinuteOf(unixMilliseconds);

        public Task<long> RegisterAsync(DbConnection connection, DbTransaction transaction, string release, int soakMinutes) => fleet.RegisterAsync(connection, transaction, release, soakMinutes);

        public Task<long> CatchUpAsync(CancellationToken stop) => fleet.CatchUpAsync(stop);

        public async Task<FleetEvidence> EvidenceAsync(RolloutSeen rollout, long after, long minute, CancellationToken stop)
        {
            FleetEvidence evidence = await fleet.EvidenceAsync(rollout, after, minute, stop);
            evidence.Window.ControlReportsCame = IsSilent ? 0 : evidence.Window.ControlReportsCame;
            return evidence;
        }

        public Task<double[]> SortedPositionsAsync(RolloutSeen rollout, int stratum, CancellationToken stop) => fleet.SortedPositionsAsync(rollout, stratum, stop);

        public void Forget(string release) => fleet.Forget(release);
    }
}
