using Dapper;
using Ringwall.Server.Access;
using Ringwall.Server.Releases;
using Ringwall.Server.Storage;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Trust;

namespace Ringwall.Server.Tests.Releases;

/// <summary>A database that was restored from an older copy, and devices that have seen more than it knows.</summary>
public sealed class RestoredDatabaseTests(SqliteGround ground) : IClassFixture<SqliteGround>
{
    private const string First = "acme/yara/content-1.tar.gz";
    private const string Second = "acme/yara/content-2.tar.gz";
    private static readonly byte[] Package = [1, 2, 3];
    private static readonly byte[] Newer = [4, 5, 6];
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Devices_believe_it_again_when_all_is_signed_anew_and_vendors_have_published_again()
    {
        SigningParty party = new();
        ManualClock clock = new();
        string where = await ground.NewDatabaseAsync();
        string copy = await ground.NewDatabaseAsync();
        using Door door = new();
        using HttpClient http = new(door) { BaseAddress = new Uri("http://fleet.test") };
        VerifyingDevice device;
        byte[] latest;
        await using (RunningServer server = await RunningServer.StartAsync(where, clock, SigningParty.With))
        {
            door.To = server.Address;
            using HttpClient @operator = await server.ClientAsync([Role.Operator]);
            using HttpClient acme = await server.ClientAsync([Role.Vendor], "acme");
            DateTimeOffset then = clock.GetUtcNow();
            await party.OpenAsync(@operator, then, "acme");
            await party.PublishAsync(acme, "acme", then, First, Package);
            await OfferAsync(server, First, Package);
            await server.Get<Database>().ReadAsync(connection => connection.ExecuteAsync($"VACUUM INTO '{copy["Data Source=".Length..]}'"), Stop);

            await SigningParty.SendAsync(acme, Newer);
            latest = party.Sign("acme", then, draft => draft.Set(SigningParty.Release(First, Package)).Set(SigningParty.Release(Second, Newer)));
            await SigningParty.PostAsync(acme, "/api/v1/vendor/targets", latest);
            for (int i = 0; i < 20; i++)
            {
                await OfferAsync(server, Second, Newer);
            }

            device = new VerifyingDevice(http, party.FirstRoot(then, "vendors"), party.FirstRoot(then, "director"), clock.GetUtcNow);
            await device.AgreeAsync(Second);
        }

        clock.Advance(TimeSpan.FromHours(2));
        await using RunningServer restored = await RunningServer.StartAsync(copy, clock, SigningParty.With);
        door.To = restored.Address;

        // Publishing goes on from what the copy knows, and no device takes it.
        await OfferAsync(restored, First, Package);
        Assert.Equal(RejectionReason.RolledBack, await device.RefusedAsync(First));
        foreach (string repository in Repository.All)
        {
            Assert.InRange(await restored.Get<Repositories>().LiftAsync(repository, "server", Stop), 2, 3);
        }

        await restored.Get<RepositoryShelf>().RenewAsync(Stop);

        // What the vendor signed since the copy was made, only the vendor has.
        Assert.Equal(RejectionReason.RolledBack, await device.RefusedAsync(First));
        using HttpClient again = await restored.ClientAsync([Role.Vendor], "acme");
        await SigningParty.SendAsync(again, Newer);
        await SigningParty.PostAsync(again, "/api/v1/vendor/targets", latest);
        await restored.Get<RepositoryShelf>().RenewAsync(Stop);
        await device.AgreeAsync(First);

        // And it goes on from there: a withdrawal arrives.
        await OfferAsync(restored, Second, Newer, withdrawn: true);
        Assert.True((await device.AgreeAsync(Second)).Operator.IsWithdrawn);
    }

    private static async Task OfferAsync(RunningServer server, string path, byte[] package, bool withdrawn = false)
    {
        OperatorOrder order = new()
        {
            Salt = new string('a', 32), StartedAt = server.Clock.GetUtcNow(), Exposure = withdrawn ? [] : [new ExposureShare("canary", "cell", ExposureShare.Whole)], IsWithdrawn = withdrawn,
        };
        await server.Get<Database>().WriteAsync(
            (connection, transaction) => server.Get<Repositories>().PublishDirectorAsync(connection, transaction, draft => draft.Set(new TargetFile(path, package.Length, DigestSet.Of(package), order.Describe()))), Stop);
        await server.Get<RepositoryShelf>().RenewAsync(Stop);
    }

    /// <summary>Leads to whichever server answers at the fleet's address just now.</summary>
    private sealed class Door : DelegatingHandler
    {
        public Door()
            : base(new SocketsHttpHandler())
        {
        }

        public Uri? To { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(To!, request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
