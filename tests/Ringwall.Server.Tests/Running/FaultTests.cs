using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Ringwall.Server.Access;
using Ringwall.Server.Audit;
using Ringwall.Server.Health;
using Ringwall.Server.Inventory;
using Ringwall.Server.Tests.Access;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Server.Tests.Health;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Tests.Running;

/// <summary>Databases that fail. What was acknowledged is there afterwards, what was refused is not, and the audit holds.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task A_killed_PostgreSQL_loses_nothing_that_was_acknowledged_and_the_server_goes_on_by_itself()
    {
        await using PostgresCluster cluster = new();
        await using RunningServer server = await RunningServer.StartAsync(await new PostgresGround(cluster).NewDatabaseAsync());
        using HttpClient boss = await server.ClientAsync([Role.Operator]);
        List<string> acknowledged = [];
        using CancellationTokenSource killed = new();
        Task load = Task.Run(async () =>
        {
            for (int i = 0; !killed.IsCancellationRequested; i++)
            {
                using HttpResponseMessage answer = await CreateAsync(boss, $"a{i}");
                if (answer.IsSuccessStatusCode)
                {
                    acknowledged.Add($"a{i}");
                }
                else
                {
                    Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                }
            }
        });
        await UntilAsync(() => Task.FromResult(acknowledged.Count >= 20));
        await cluster.KillAsync();
        await UntilAsync(async () => (await server.Http.GetAsync("/health/ready")).StatusCode == HttpStatusCode.ServiceUnavailable);
        await cluster.StartAgainAsync();
        int before = acknowledged.Count;
        await UntilAsync(() => Task.FromResult(acknowledged.Count > before));
        await killed.CancelAsync();
        await load;

        HashSet<string> there = [.. (await server.Get<Accounts>().AllAsync(default)).Select(account => account.Name)];
        Assert.All(acknowledged, name => Assert.Contains(name, there));
        Assert.True((await server.Get<AuditLog>().VerifyAsync(default)).Verified);
    }

    [Fact]
    public async Task A_full_disk_refuses_changes_whole_and_room_is_all_that_it_takes_to_go_on()
    {
        await using SmallDisk disk = await SmallDisk.MountAsync();
        await using RunningServer server = await RunningServer.StartAsync(disk.Database);
        using HttpClient boss = await server.ClientAsync([Role.Operator]);
        string id = (await boss.GetFromJsonAsync<JsonElement>("/api/v1/me")).GetProperty("id").GetString()!;
        long before = (await server.Get<AuditLog>().HeadAsync(default)).Number;
        disk.Fill();
        int made = 0;
        for (bool refused = false; !refused;)
        {
            Assert.True(made < 5000, "the disk never became full");
            // A link and its audit record: one transaction.
            using HttpResponseMessage answer = await boss.PostAsync($"/api/v1/accounts/{id}/link", null);
            if (answer.IsSuccessStatusCode)
            {
                made++;
            }
            else
            {
                await answer.IsProblemAsync(HttpStatusCode.ServiceUnavailable, "ringwall:database-away");
                refused = true;
            }
        }

        // Looking goes on, and shows nothing of what was refused.
        Assert.Equal(HttpStatusCode.OK, (await boss.GetAsync("/api/v1/accounts")).StatusCode);
        Assert.Equal(before + made, (await server.Get<AuditLog>().HeadAsync(default)).Number);

        disk.MakeRoom();
        await (await boss.PostAsync($"/api/v1/accounts/{id}/link", null)).IsDoneAsync();
        Assert.Equal(before + made + 1, (await server.Get<AuditLog>().HeadAsync(default)).Number);
        Assert.True((await server.Get<AuditLog>().VerifyAsync(default)).Verified);
    }

    [Fact]
    public async Task A_full_disk_acknowledges_no_report_that_is_not_on_it()
    {
        await using SmallDisk disk = await SmallDisk.MountAsync();
        await using RunningServer server = await RunningServer.StartAsync(disk.Database);
        (HttpClient client, Device device) = await IntakeTests.DeviceAsync(server, 1);
        long sequence = 0;
        while (sequence < 5)
        {
            await (await SendAsync(++sequence)).IsDoneAsync();
        }

        disk.Fill();
        bool refused = false;
        while (!refused)
        {
            Assert.True(sequence < 5000, "the disk never became full");
            using HttpResponseMessage answer = await SendAsync(++sequence);
            if (refused = !answer.IsSuccessStatusCode)
            {
                await answer.IsProblemAsync(HttpStatusCode.ServiceUnavailable, "ringwall:database-away");
                Assert.NotNull(answer.Headers.RetryAfter);
            }
        }

        Assert.Equal(sequence - 1, await StoredAsync());
        disk.MakeRoom();
        await (await SendAsync(sequence)).IsDoneAsync();
        Assert.Equal(sequence, await StoredAsync());
        client.Dispose();

        // Each with trouble of its own, so that there is more to store each time.
        Task<HttpResponseMessage> SendAsync(long number) => client.PostAsJsonAsync("/api/v1/device/reports", new ReportBatch([new DeviceReport
        {
            Sequence = number,
            At = server.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Boot = "b",
            Cell = "debian 12",
            Harms = [new HarmReport { Measure = HarmMeasure.Crash, At = number, Detail = new string('x', DeviceLimits.DetailCharacters) }],
        }]), FleetJson.Wire.ReportBatch);

        async Task<long> StoredAsync() => (await server.Get<DeviceHistory>().LastAsync(device.Number, default))!.Report.Sequence;
    }

    private static Task<HttpResponseMessage> CreateAsync(HttpClient boss, string name) => boss.PostAsJsonAsync("/api/v1/accounts", new { name, roles = (string[])["auditor"] });

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(60), "it did not come to that within a minute");
            await Task.Delay(20);
        }
    }
}
