using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Ringwall.Server.Access;
using Ringwall.Server.Audit;
using Ringwall.Server.Tests.Access;
using Ringwall.Server.Tests.Grounds;

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
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a small filesystem of its own needs root");
        string disk = Directory.CreateTempSubdirectory("ringwall-full-").FullName;
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk);
        try
        {
            await using RunningServer server = await RunningServer.StartAsync($"Data Source={Path.Combine(disk, "fleet.db")}");
            using HttpClient boss = await server.ClientAsync([Role.Operator]);
            string id = (await boss.GetFromJsonAsync<JsonElement>("/api/v1/me")).GetProperty("id").GetString()!;
            long before = (await server.Get<AuditLog>().HeadAsync(default)).Number;
            string filler = Path.Combine(disk, "filler");
            Fill(filler);
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

            File.Delete(filler);
            await (await boss.PostAsync($"/api/v1/accounts/{id}/link", null)).IsDoneAsync();
            Assert.Equal(before + made + 1, (await server.Get<AuditLog>().HeadAsync(default)).Number);
            Assert.True((await server.Get<AuditLog>().VerifyAsync(default)).Verified);
        }
        finally
        {
            // Lazily: a pooled connection may close a moment later.
            await RunAsync("umount", "-l", disk);
            Directory.Delete(disk);
        }
    }

    private static Task<HttpResponseMessage> CreateAsync(HttpClient boss, string name) => boss.PostAsJsonAsync("/api/v1/accounts", new { name, roles = (string[])["auditor"] });

    private static void Fill(string file)
    {
        using FileStream filler = new(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] page = new byte[4096];
        try
        {
            while (true)
            {
                filler.Write(page);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(60), "it did not come to that within a minute");
            await Task.Delay(20);
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(0, process.ExitCode);
    }
}
