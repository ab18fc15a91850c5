using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwall.Rollouts;
using Ringwall.Server.Access;
using Ringwall.Server.Enrolment;
using Ringwall.Server.Health;
using Ringwall.Server.Inventory;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Wire.Fleet;
using Ringwall.Wire.Probation;

namespace Ringwall.Server.Tests.Health;

/// <summary>Reports over HTTP, to a whole server.</summary>
public abstract class IntakeTests(Ground ground)
{
    [Fact]
    public async Task A_report_is_acknowledged_when_it_is_stored_and_its_repeat_changes_nothing()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        (HttpClient client, Device device) = await DeviceAsync(server, 1);
        DeviceReport report = Report(server, 5) with { Harms = [new HarmReport { Measure = HarmMeasure.Crash, At = 1, Detail = "died\0" }] };
        Assert.Equal(5, await AcknowledgedAsync(client, report));
        server.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(5, await AcknowledgedAsync(client, report));
        Assert.Equal(5, await AcknowledgedAsync(client, Report(server, 3) with { Boot = "older" }));
        DeviceHistory history = server.Get<DeviceHistory>();
        HeardReport last = (await history.LastAsync(device.Number, CancellationToken.None))!;
        Assert.Equal((5, "b"), (last.Report.Sequence, last.Report.Boot));
        Assert.Equal(last.At, last.Began);
        DeviceHarm harm = Assert.Single(await history.HarmsAsync(device.Number, CancellationToken.None));
        Assert.Equal((HarmMeasure.Crash, 1, "died "), (harm.Measure, harm.Times, harm.Detail));
    }

    [Fact]
    public async Task Reports_of_a_batch_count_in_the_order_of_their_sequences()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        (HttpClient client, Device device) = await DeviceAsync(server, 1);
        Assert.Equal(9, await AcknowledgedAsync(client, Report(server, 9), Report(server, 7) with { Goodbye = true }, Report(server, 8)));
        HeardReport last = (await server.Get<DeviceHistory>().LastAsync(device.Number, CancellationToken.None))!;
        Assert.Equal((9, false), (last.Report.Sequence, last.Report.Goodbye));
    }

    [Fact]
    public async Task Who_has_no_session_is_told_to_get_one()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        (HttpClient client, Device device) = await DeviceAsync(server, 1);
        using HttpClient nobody = server.NewClient();
        Assert.Equal(DeviceProblem.SessionOver, await ProblemAsync(nobody, Body(Report(server, 1)), HttpStatusCode.Unauthorized));
        nobody.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "rwd_" + new string('A', 80));
        Assert.Equal(DeviceProblem.SessionOver, await ProblemAsync(nobody, Body(Report(server, 1)), HttpStatusCode.Unauthorized));
        using HttpClient person = await server.ClientAsync([Role.Operator]);
        Assert.Equal(DeviceProblem.SessionOver, await ProblemAsync(person, Body(Report(server, 1)), HttpStatusCode.Unauthorized));
        await server.Get<Devices>().RetireAsync(device.Id, "someone", CancellationToken.None);
        await server.Get<FleetView>().FollowAsync(CancellationToken.None);
        Assert.Equal(DeviceProblem.SessionOver, await ProblemAsync(client, Body(Report(server, 1)), HttpStatusCode.Unauthorized));
        Assert.Null(await server.Get<DeviceHistory>().LastAsync(device.Number, CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"reports":[]}""")]
    [InlineData("""{"reports":[null]}""")]
    [InlineData("""{"reports":null}""")]
    [InlineData("""{"reports":[{"sequence":0,"at":1,"boot":"b","cell":"c"}]}""")]
    [InlineData("""{"reports":[{"sequence":1,"at":-1,"boot":"b","cell":"c"}]}""")]
    [InlineData("""{"reports":[{"sequence":1,"at":1,"boot":"b","cell":"c","harms":[null]}]}""")]
    [InlineData("""{"reports":[{"sequence":1,"at":1,"boot":"b","cell":"c\u0000"}]}""")]
    [InlineData("""{"reports":[{"sequence":1,"at":1,"boot":"\ud800","cell":"c"}]}""")]
    [InlineData("""{"reports":[{"sequence":1,"at":1,"cell":"c"}]}""")]
    [InlineData("""{"reports":[{"sequence":1,"at":1,"boot":"b","cell":"c"},{"sequence":2}]}""")]
    public async Task What_is_no_batch_is_refused_whole(string body)
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        (HttpClient client, Device device) = await DeviceAsync(server, 1);
        Assert.Equal("ringwall:bad-request", await ProblemAsync(client, Encoding.UTF8.GetBytes(body), HttpStatusCode.BadRequest));
        Assert.Null(await server.Get<DeviceHistory>().LastAsync(device.Number, CancellationToken.None));
    }

    [Fact]
    public void What_a_report_leaves_out_is_as_the_record_says()
    {
        DeviceReport report = JsonSerializer.Deserialize(
            """{"sequence":1,"at":1,"boot":"b","cell":"c","releases":[{"path":"p","state":"offered","since":1}],"unknown":{}}""", FleetJson.Wire.DeviceReport)!;
        Assert.Empty(report.Harms);
        Assert.Empty(report.Probations);
        Assert.Equal(("", -1), (report.Host, report.Releases[0].Age));
        Assert.Single(ReportEndpoint.Checked(new ReportBatch([report])));
    }

    [Fact]
    public async Task Too_much_is_refused_whole()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        (HttpClient client, _) = await DeviceAsync(server, 1);
        DeviceReport[] many = [.. Enumerable.Range(1, DeviceLimits.Reports + 1).Select(i => Report(server, i))];
        Assert.Equal("ringwall:bad-request", await ProblemAsync(client, Body(many), HttpStatusCode.BadRequest));
        Assert.Equal(DeviceLimits.Reports, await AcknowledgedAsync(client, many[..DeviceLimits.Reports]));
        byte[] big = new byte[DeviceLimits.BatchBytes + 1];
        Array.Fill(big, (byte)' ');
        Assert.Equal("ringwall:too-large", await ProblemAsync(client, big, HttpStatusCode.RequestEntityTooLarge));
    }

    [Fact]
    public async Task A_device_in_another_cell_is_moved_and_one_that_lies_on_is_not()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        (HttpClient client, Device device) = await DeviceAsync(server, 1);
        await AcknowledgedAsync(client, Report(server, 1) with { Cell = "debian 13" });
        Devices devices = server.Get<Devices>();
        await UntilAsync(async () => (await devices.FindAsync(device.Id, CancellationToken.None))!.Cell == "debian 13");
        await server.Get<FleetView>().FollowAsync(CancellationToken.None);
        await devices.MoveCellAsync(device.Number, "debian 14", CancellationToken.None);
        Assert.Equal("debian 13", (await devices.FindAsync(device.Id, CancellationToken.None))!.Cell);
        server.Clock.Advance(TimeSpan.FromHours(25));
        await devices.MoveCellAsync(device.Number, "debian 14", CancellationToken.None);
        Assert.Equal("debian 14", (await devices.FindAsync(device.Id, CancellationToken.None))!.Cell);
    }

    [Fact]
    public async Task A_device_that_is_upgraded_keeps_the_seat_that_its_host_knows()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        (HttpClient client, Device device) = await DeviceAsync(server, 1, "rack");
        Assert.NotNull(device.Seat);
        await AcknowledgedAsync(client, Report(server, 1) with { Cell = "debian 13" });
        Devices devices = server.Get<Devices>();
        await UntilAsync(async () => (await devices.FindAsync(device.Id, CancellationToken.None))!.Cell == "debian 13");
        Assert.Equal(device.Seat, (await devices.FindAsync(device.Id, CancellationToken.None))!.Seat);

        // The control: the operator moves it, and signs that.
        Assert.NotEqual(device.Seat, (await devices.MoveAsync(device.Id, Ring.Broad, "somebody", CancellationToken.None)).Seat);
    }

    [Fact]
    public async Task Probations_are_kept_and_their_number_is_bounded()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        (HttpClient client, Device device) = await DeviceAsync(server, 1);
        const string Release = "acme/yara/content-7.tar.gz";
        for (int i = 1; i <= 12; i++)
        {
            await AcknowledgedAsync(client, Report(server, i) with { Probations = [new ReleaseProbation(Probation(i), Release)] });
            server.Clock.Advance(TimeSpan.FromMinutes(5));
        }

        IReadOnlyList<DeviceProbation> kept = await server.Get<DeviceHistory>().ProbationsOfAsync(Release, CancellationToken.None);
        Assert.Equal(8, kept.Count);
        Assert.Equal((12, device.Number), (kept[0].Report.Seed, kept[0].Number));
        Assert.Empty((await server.Get<DeviceHistory>().LastAsync(device.Number, CancellationToken.None))!.Report.Probations);
    }

    [Fact]
    public async Task Of_a_batch_full_of_probations_the_last_eight_are_kept()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        (HttpClient client, Device device) = await DeviceAsync(server, 1);
        (HttpClient another, Device other) = await DeviceAsync(server, 2);
        await AcknowledgedAsync(another, Report(server, 1) with { Probations = [new ReleaseProbation(Probation(1), null)] });
        for (int batch = 0; batch < 2; batch++)
        {
            await AcknowledgedAsync(client, [.. Enumerable.Range((batch * 20) + 1, 20).Select(i => Report(server, i) with
            {
                Probations = [.. Enumerable.Range(0, DeviceLimits.Probations).Select(j => new ReleaseProbation(Probation((i * 10) + j), null))],
            })]);
            server.Clock.Advance(TimeSpan.FromMinutes(5));
        }

        DeviceHistory history = server.Get<DeviceHistory>();
        Assert.Equal([390, 391, 392, 393, 400, 401, 402, 403], (await history.ProbationsAsync(device.Number, CancellationToken.None)).Select(kept => kept.Report.Seed).Order());
        Assert.Single(await history.ProbationsAsync(other.Number, CancellationToken.None));
    }

    [Fact]
    public async Task A_device_has_one_batch_on_its_way_and_others_do_not_wait_for_it()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        (HttpClient client, Device device) = await DeviceAsync(server, 1);
        (HttpClient other, _) = await DeviceAsync(server, 2);

        // Its body never ends.
        var endless = new EndlessContent();
        Task<HttpResponseMessage> first = client.PostAsync("/api/v1/device/reports", endless);
        await UntilAsync(() =>
        {
            bool entered = !server.Get<ReportIntake>().Sending.TryEnter((int)device.Number);
            if (!entered)
            {
                server.Get<ReportIntake>().Sending.Leave((int)device.Number);
            }

            return Task.FromResult(entered);
        });
        Assert.Equal("ringwall:too-many", await ProblemAsync(client, Body(Report(server, 1)), HttpStatusCode.TooManyRequests));
        Assert.Equal(1, await AcknowledgedAsync(other, Report(server, 1)));
        endless.End.SetResult();
        using HttpResponseMessage refused = await first;
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        await UntilAsync(async () =>
        {
            using HttpResponseMessage answer = await client.PostAsync("/api/v1/device/reports", new ByteArrayContent(Body(Report(server, 1))));
            return answer.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task A_queue_that_is_full_of_bytes_turns_away()
    {
        string connectionString = await ground.NewDatabaseAsync();
        await using var database = new Database(connectionString);
        var clock = new ManualClock();
        using var intake = new ReportIntake(database, new FleetClock(database, clock, new ServerOptions { State = "/nowhere", Database = connectionString }), NullLogger<ReportIntake>.Instance);
        int taken = 0;
        while (taken < 10_000 && intake.TrySend(new SentReports(1, [], [], DeviceLimits.BatchBytes)))
        {
            taken++;
        }

        Assert.Equal(128, taken);
        Assert.True(intake.TrySend(new SentReports(1, [], [], 0)), "what was turned away takes no room");
    }

    [Fact]
    public async Task A_full_queue_turns_away_instead_of_growing()
    {
        string connectionString = await ground.NewDatabaseAsync();
        await using var database = new Database(connectionString);
        var clock = new ManualClock();
        using var intake = new ReportIntake(database, new FleetClock(database, clock, new ServerOptions { State = "/nowhere", Database = connectionString }), NullLogger<ReportIntake>.Instance);
        int taken = 0;
        while (taken < 100_000 && intake.TrySend(new SentReports(1, [], [], 500)))
        {
            taken++;
        }

        Assert.InRange(taken, 1000, 99_999);
        Assert.Equal(1, intake.TurnedAway);
    }

    [Fact]
    public async Task What_devices_send_together_is_stored_together()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        (HttpClient client, Device device)[] all = new (HttpClient, Device)[16];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = await DeviceAsync(server, i + 1);
        }

        await Task.WhenAll(all.Select(async one =>
        {
            for (int i = 1; i <= 20; i++)
            {
                Assert.Equal(i, await AcknowledgedAsync(one.client, Report(server, i)));
            }
        }));
        ReportIntake intake = server.Get<ReportIntake>();
        Assert.Equal(320, intake.Stored);
        Assert.InRange(intake.Groups, 20, 319);
    }

    internal static async Task<(HttpClient Client, Device Device)> DeviceAsync(RunningServer server, int i, string? site = null)
    {
        Devices devices = server.Get<Devices>();
        string id = (i + 0xABC).ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
        Device device = await server.Get<Database>().WriteAsync((c, t) => devices.AddAsync(c, t, new NewDevice(id, new byte[91], $"m{i}", "0.1.0", Ring.Canary, "debian 12", site)), CancellationToken.None);
        await server.Get<FleetView>().FollowAsync(CancellationToken.None);
        HttpClient client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Get<Sessions>().Begin(UInt128.Parse(id, System.Globalization.NumberStyles.AllowHexSpecifier), (int)device.Number).Token);
        return (client, device);
    }

    private static DeviceReport Report(RunningServer server, long sequence) =>
        new() { Sequence = sequence, At = server.Clock.GetUtcNow().ToUnixTimeMilliseconds(), Boot = "b", Cell = "debian 12" };

    private static byte[] Body(params DeviceReport[] reports) => JsonSerializer.SerializeToUtf8Bytes(new ReportBatch(reports), FleetJson.Wire.ReportBatch);

    private static async Task<long> AcknowledgedAsync(HttpClient client, params DeviceReport[] reports)
    {
        using HttpResponseMessage answer = await client.PostAsync("/api/v1/device/reports", new ByteArrayContent(Body(reports)));
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize(text, FleetJson.Wire.ReportReply)!.Acknowledged;
    }

    private static async Task<string?> ProblemAsync(HttpClient client, byte[] body, HttpStatusCode status)
    {
        using HttpResponseMessage answer = await client.PostAsync("/api/v1/device/reports", new ByteArrayContent(body));
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement.GetProperty("type").GetString();
    }

    private static ProbationReport Probation(int seed) => new()
    {
        Sensor = "yara",
        Candidate = new GenerationIdentity(2, "acme", "4.5", null, "7", null),
        Result = ProbationResult.Passed,
        Because = "every gate held",
        Began = DateTimeOffset.UnixEpoch,
        Host = "0.1.0",
        Cell = new MachineCell("debian 12", "6.1.0", "x64", []),
        Seed = seed,
        Phases = [],
        Gates = [],
    };

    /// <summary>A body that begins and goes on until the test ends it.</summary>
    private sealed class EndlessContent : HttpContent
    {
        public TaskCompletionSource End { get; } = new();

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.WriteAsync("{"u8.ToArray());
            await stream.FlushAsync();
            await End.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var deadline = System.Diagnostics.Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(20), "it did not come to be");
            await Task.Delay(20);
        }
    }
}

public sealed class SqliteIntakeTests(SqliteGround ground) : IntakeTests(ground), IClassFixture<SqliteGround>;

public sealed class PostgresIntakeTests(PostgresCluster cluster) : IntakeTests(new PostgresGround(cluster));
