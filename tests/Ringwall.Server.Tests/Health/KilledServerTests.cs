using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Ringwall.Rollouts;
using Ringwall.Server.Enrolment;
using Ringwall.Server.Inventory;
using Ringwall.Server.Storage;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Tests.Health;

/// <summary>kill -9 in the middle of it: whatever was acknowledged is there.</summary>
public abstract class KilledServerTests(Ground ground)
{
    private const int Devices = 24;

    [Fact]
    public async Task A_server_that_is_killed_under_load_has_lost_nothing_that_it_acknowledged()
    {
        string database = await ground.NewDatabaseAsync();
        await using Fleet fleet = await Fleet.StartAsync(database, new ManualClock());
        var tokens = new List<(long Number, string Token)>();
        for (int i = 1; i <= Devices; i++)
        {
            Device device = await fleet.AddAsync(i.ToString("x32", System.Globalization.CultureInfo.InvariantCulture), Ring.Canary, "debian 12");
            tokens.Add((device.Number, ""));
        }

        // Its clock is the machine's: sessions that this test's clock gives out would have ended.
        var sessions = new Sessions(fleet.Database, TimeProvider.System);
        await sessions.LoadAsync(CancellationToken.None);
        tokens = [.. tokens.Select(pair => (pair.Number, sessions.Begin((UInt128)pair.Number, (int)pair.Number).Token))];

        long[] acknowledged = new long[Devices];
        for (int round = 0; round < 3; round++)
        {
            int port = FreePort();
            string state = Directory.CreateTempSubdirectory("ringwall-killed-").FullName;
            using Process server = Process.Start(new ProcessStartInfo(
                "dotnet", ["exec", Program(), "--urls", $"http://127.0.0.1:{port}", "--state", state, "--database", database])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> errors = server.StandardError.ReadToEndAsync();
            string? line = await server.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
            Assert.True(line?.Contains("listens", StringComparison.Ordinal) == true, line is null ? await errors : line);
            using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            long stored = 0;
            Task[] devices = [.. tokens.Select((pair, i) => Task.Run(async () =>
            {
                try
                {
                    while (true)
                    {
                        acknowledged[i] = await SendAsync(http, pair.Token, acknowledged[i] + 1);
                        Interlocked.Increment(ref stored);
                    }
                }
                catch (Exception gone) when (gone is HttpRequestException or IOException)
                {
                    // Killed: what was on its way may be stored or not, and was not acknowledged.
                }
            }))];
            Stopwatch deadline = Stopwatch.StartNew();
            while (Interlocked.Read(ref stored) < 300 && deadline.Elapsed < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(10);
            }

            server.Kill();
            await server.WaitForExitAsync();
            await Task.WhenAll(devices).WaitAsync(TimeSpan.FromSeconds(30));
            Assert.True(stored >= 300, $"only {stored} reports were stored: the run proved little\n{await errors}");
            Directory.Delete(state, recursive: true);
            for (int i = 0; i < Devices; i++)
            {
                long kept = (await fleet.History.LastAsync(tokens[i].Number, CancellationToken.None))?.Report.Sequence ?? 0;
                Assert.True(kept >= acknowledged[i], $"device {i}: {acknowledged[i]} was acknowledged and {kept} is there");
                Assert.True(kept <= acknowledged[i] + 1, $"device {i}: {kept} is there, and only {acknowledged[i] + 1} was ever sent");
            }
        }
    }

    private static async Task<long> SendAsync(HttpClient http, string token, long sequence)
    {
        var batch = new ReportBatch([new DeviceReport { Sequence = sequence, At = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), Boot = "b", Cell = "debian 12" }]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/device/reports") { Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(batch, FleetJson.Wire.ReportBatch)) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage answer = await http.SendAsync(request);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }

        return JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), FleetJson.Wire.ReportReply)!.Acknowledged;
    }

    // In its own folder, where its native libraries are.
    private static string Program()
    {
        string built = AppContext.BaseDirectory.TrimEnd('/');
        return Path.Combine(built, "../../Ringwall.Server", Path.GetFileName(built) + "_linux-x64", "ringwall-server.dll");
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

public sealed class SqliteKilledServerTests(SqliteGround ground) : KilledServerTests(ground), IClassFixture<SqliteGround>;

public sealed class PostgresKilledServerTests(PostgresCluster cluster) : KilledServerTests(new PostgresGround(cluster));
