using System.Net.Http.Headers;
using System.Net.Http.Json;
using Ringwall.Server.Access;
using Ringwall.Server.Audit;
using Ringwall.Server.Enrolment;
using Ringwall.Server.Storage;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Server.Tests.Releases;
using Ringwall.Trust;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Tests.Rollouts;

/// <summary>Two replicas on one PostgreSQL, as processes, with devices that report to whichever answers. The one that drives is killed again and again.</summary>
public sealed class KilledReplicaTests(PostgresGround ground) : IClassFixture<PostgresGround>
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan TakesOver = TimeSpan.FromSeconds(5);
    private readonly SigningParty _party = new();

    [Fact]
    public async Task When_the_replica_that_drives_is_killed_the_other_drives_within_five_seconds_and_nothing_is_lost_or_exposed_twice()
    {
        string connection = await ground.NewDatabaseAsync();
        await using Database database = new(connection);
        List<ServerProcess> replicas = [await ServerProcess.StartAsync(connection, Pace)];
        int killed = 0;
        try
        {
            using HttpClient olga = await PersonAsync(database, replicas[0], [Role.Operator, Role.Approver], null);
            using HttpClient acme = await PersonAsync(database, replicas[0], [Role.Vendor], "acme");
            await _party.OpenAsync(olga, DateTimeOffset.UtcNow, "acme");
            await _party.PublishAsync(acme, "acme", DateTimeOffset.UtcNow, RolloutField.First, [1, 2, 3]);
            using HttpResponseMessage policy = await olga.PutAsJsonAsync("/api/v1/policy", RolloutField.Quick, Stop);
            Assert.True(policy.IsSuccessStatusCode, await policy.Content.ReadAsStringAsync(Stop));
            List<SpeakingDevice> devices = [];
            foreach ((string ring, int count) in ((string, int)[])[("canary", 8), ("early", 10), ("broad", 14), ("critical", 4)])
            {
                NewJoinToken token = (await (await olga.PostAsJsonAsync("/api/v1/join-tokens", new JoinTokenWish(ring, null, 100), Stop)).Content.ReadFromJsonAsync<NewJoinToken>(Stop))!;
                for (int i = 0; i < count; i++)
                {
                    devices.Add(await SpeakingDevice.EnrolAsync(olga, token.Secret, ring, Pace));
                }
            }

            await ReportAsync(devices, replicas, null);
            using HttpResponseMessage started = await olga.PostAsJsonAsync("/api/v1/rollouts", new RolloutOrder(RolloutField.First), Stop);
            Assert.True(started.IsSuccessStatusCode, await started.Content.ReadAsStringAsync(Stop));
            string id = (await started.Content.ReadFromJsonAsync<RolloutReply>(Stop))!.Line.Id;

            // The first replica drives, because it is alone; from then on it is always the one that was not killed last.
            await UntilAsync(
                async () =>
                {
                    await ReportAsync(devices, replicas, await OrderAsync(database));
                    return await DecisionsAsync(database, id) > 0;
                },
                "nothing was decided");
            replicas.Add(await ServerProcess.StartAsync(connection, Pace));
            for (int driving = 0; killed < 3; driving = 1 - driving)
            {
                long before = await DecisionsAsync(database, id);
                await UntilAsync(
                    async () =>
                    {
                        await ReportAsync(devices, replicas, await OrderAsync(database));
                        return await DecisionsAsync(database, id) >= before + 6;
                    },
                    "nobody drives");

                // It dies in the middle of whatever it does. The other one's first decision has a higher epoch.
                (string owner, long epoch) = await LeaseAsync(database, id);
                await replicas[driving].KillAsync();
                killed++;
                DateTimeOffset died = DateTimeOffset.UtcNow;
                while ((await RolloutField.QueryAsync<long>(database, $"SELECT COUNT(*) FROM rollouts_decisions WHERE rollout = '{id}' AND epoch > {epoch}"))[0] == 0)
                {
                    Assert.True(DateTimeOffset.UtcNow - died < TakesOver, $"nobody drives {TakesOver.TotalSeconds} s after the one that drove was killed");
                    await ReportAsync(devices, replicas, await OrderAsync(database));
                }

                Assert.NotEqual(owner, (await LeaseAsync(database, id)).Owner);
                await replicas[driving].DisposeAsync();
                replicas[driving] = await ServerProcess.StartAsync(connection, Pace);
            }

            await UntilPublishedAsync(database);
            await RolloutField.CheckAsync(database, id);
            Assert.False((await OrderAsync(database))?.IsWithdrawn ?? false);
            IReadOnlyList<long> numbers = await RolloutField.QueryAsync<long>(database, "SELECT number FROM audit_records ORDER BY number");
            Assert.Equal(Enumerable.Range(1, numbers.Count).Select(number => (long)number), numbers);
        }
        finally
        {
            foreach (ServerProcess replica in replicas)
            {
                await replica.DisposeAsync();
            }
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task ReportAsync(List<SpeakingDevice> devices, List<ServerProcess> replicas, OperatorOrder? order)
    {
        HttpClient[] servers = [.. replicas.Select(replica => new HttpClient { BaseAddress = replica.Address, Timeout = TimeSpan.FromSeconds(5) })];
        await Task.WhenAll(devices.Select((device, i) => device.ReportAsync(i % 2 == 0 ? servers : servers.Reverse(), RolloutField.First, order)));
        Array.ForEach(servers, server => server.Dispose());
    }

    private static async Task<OperatorOrder?> OrderAsync(Database database)
    {
        byte[] file = (await RolloutField.QueryAsync<byte[]>(database, "SELECT content FROM releases_roles WHERE repository = 'director' AND role = 'targets'"))[0];
        return TargetsMetadata.ReadDraft(file).Targets.TryGetValue(RolloutField.First, out TargetFile? target) ? OperatorOrder.Read(target.Custom!) : null;
    }

    private static async Task<long> DecisionsAsync(Database database, string id) => (await RolloutField.QueryAsync<long>(database, $"SELECT COUNT(*) FROM rollouts_decisions WHERE rollout = '{id}'"))[0];

    private static async Task<(string Owner, long Epoch)> LeaseAsync(Database database, string id) =>
        (await RolloutField.QueryAsync<(string, long)>(database, $"SELECT owner, epoch FROM rollouts_leases WHERE name = '{id}'"))[0];

    private static Task UntilPublishedAsync(Database database) => UntilAsync(
        async () => (await RolloutField.QueryAsync<long>(database, "SELECT wanted - published FROM rollouts_director"))[0] == 0, "what was decided was not published");

    private static async Task UntilAsync(Func<Task<bool>> isSo, string otherwise)
    {
        DateTimeOffset until = DateTimeOffset.UtcNow.AddSeconds(30);
        while (!await isSo())
        {
            Assert.True(DateTimeOffset.UtcNow < until, otherwise);
            await Task.Delay(20, Stop);
        }
    }

    private static async Task<HttpClient> PersonAsync(Database database, ServerProcess replica, string[] roles, string? vendor)
    {
        AuditLog audit = new(database, TimeProvider.System);
        string account = await new Accounts(database, audit, TimeProvider.System).CreateAsync("server", $"p{Guid.NewGuid():N}", roles, vendor, Stop);
        (_, string token) = await new Credentials(database, audit, TimeProvider.System).NewTokenAsync(account, "test", TimeSpan.FromDays(1), Stop);
        HttpClient client = new() { BaseAddress = replica.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
