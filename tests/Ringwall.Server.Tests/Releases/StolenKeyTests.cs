using Ringwall.Server.Access;
using Ringwall.Server.Releases;
using Ringwall.Server.Storage;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Trust;

namespace Ringwall.Server.Tests.Releases;

/// <summary>What a thief reaches with one kind of key, even one who answers in the server's place.</summary>
public sealed class StolenKeyTests(SqliteGround ground) : IClassFixture<SqliteGround>
{
    private const string Good = "acme/yara/content-1.tar.gz";
    private const string Evil = "acme/yara/content-2.tar.gz";
    private static readonly byte[] Package = [1, 2, 3];
    private static readonly byte[] Malware = [6, 6, 6];
    private readonly SigningParty _party = new();

    [Fact]
    public async Task Who_has_a_vendor_s_key_reaches_no_device_without_the_operator()
    {
        await using RunningServer server = await OpenAsync();
        using HttpClient acme = await server.ClientAsync([Role.Vendor], "acme");
        await _party.PublishAsync(acme, "acme", server.Clock.GetUtcNow(), Good, Package);
        await OfferAsync(server, Good, Package);

        // The thief signs and publishes with the vendor's key and account; the server takes it, because it is what that vendor may do.
        await _party.PublishAsync(acme, "acme", server.Clock.GetUtcNow(), Evil, Malware);
        VerifyingDevice device = Device(server);
        Assert.Equal([Good], await device.OfferedAsync());
        Assert.Equal(RejectionReason.NoSuchTarget, await device.RefusedAsync(Evil));
        await device.AgreeAsync(Good);

        // Nor under the path that the operator offers: what was published stays what it was, and a server in the thief's hands is not believed.
        byte[] replaced = _party.Sign("acme", server.Clock.GetUtcNow(), draft => draft.Set(SigningParty.Release(Good, Malware)));
        VerifyingDevice other = Device(server);
        other.Network = (path, content) => path.EndsWith(".acme.json", StringComparison.Ordinal) ? replaced : content;
        Assert.Contains(await other.RefusedAsync(Good), (RejectionReason[])[RejectionReason.TooShort, RejectionReason.TooLong, RejectionReason.DigestMismatch]);
    }

    [Fact]
    public async Task Who_has_the_operator_s_online_key_reaches_devices_only_with_what_a_vendor_signed()
    {
        await using RunningServer server = await OpenAsync();
        using HttpClient acme = await server.ClientAsync([Role.Vendor], "acme");
        await _party.PublishAsync(acme, "acme", server.Clock.GetUtcNow(), Good, Package);

        // With the key (and the server) the thief may say who installs what: everything that a vendor signed, and nothing else.
        await OfferAsync(server, Good, Package);
        VerifyingDevice device = Device(server);
        await device.AgreeAsync(Good);
        await OfferAsync(server, Evil, Malware);
        Assert.Equal(RejectionReason.NoSuchTarget, await device.RefusedAsync(Evil));
        await OfferAsync(server, Good, Malware);
        Assert.Equal(RejectionReason.Disagreement, await device.RefusedAsync(Good));

        // It cannot give itself a vendor's paths either: those keys are the targets role's, which is offline.
        TargetsDraft draft = new() { Version = 9, Expires = server.Clock.GetUtcNow().AddDays(9) };
        draft.Delegate("acme", [SigningParty.OnlineKey.Key], 1, ["acme/*/*"]);
        byte[] forged = FileSigning.Sign(draft.Body(), SigningParty.OnlineKey);
        UpdateRejectedException refused = await Assert.ThrowsAsync<UpdateRejectedException>(() => server.Get<Repositories>().PublishVendorsAsync(forged, "thief", TestContext.Current.CancellationToken));
        Assert.Equal(RejectionReason.TooFewSignatures, refused.Reason);
    }

    [Fact]
    public async Task A_server_that_serves_old_files_is_noticed()
    {
        await using RunningServer server = await OpenAsync();
        using HttpClient acme = await server.ClientAsync([Role.Vendor], "acme");
        await _party.PublishAsync(acme, "acme", server.Clock.GetUtcNow(), Good, Package);
        await OfferAsync(server, Good, Package);
        VerifyingDevice device = Device(server);
        byte[] old = await server.Http.GetByteArrayAsync("/director/timestamp.json", TestContext.Current.CancellationToken);
        await OfferAsync(server, Good, Package);
        await device.AgreeAsync(Good);
        device.Network = (path, content) => path == "/director/timestamp.json" ? old : content;
        Assert.Equal(RejectionReason.RolledBack, await device.RefusedAsync(Good));

        // A device that never saw the newer ones believes the old for as long as their timestamp is valid, and no longer.
        TimeSpan later = TimeSpan.Zero;
        DateTimeOffset then = server.Clock.GetUtcNow();
        VerifyingDevice late = new(server.Http, _party.FirstRoot(then, "vendors"), _party.FirstRoot(then, "director"), () => then + later) { Network = device.Network };
        await late.AgreeAsync(Good);
        later = OnlineKeyRing.TimestampLife;
        Assert.Equal(RejectionReason.Expired, await late.RefusedAsync(Good));
    }

    private async Task<RunningServer> OpenAsync()
    {
        RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync(), with: SigningParty.With);
        using HttpClient @operator = await server.ClientAsync([Role.Operator]);
        await _party.OpenAsync(@operator, server.Clock.GetUtcNow(), "acme");
        return server;
    }

    private VerifyingDevice Device(RunningServer server)
    {
        DateTimeOffset then = server.Clock.GetUtcNow();
        return new VerifyingDevice(server.Http, _party.FirstRoot(then, "vendors"), _party.FirstRoot(then, "director"), server.Clock.GetUtcNow);
    }

    private static async Task OfferAsync(RunningServer server, string path, byte[] package)
    {
        OperatorOrder order = new() { Salt = new string('a', 32), StartedAt = server.Clock.GetUtcNow(), Exposure = [new ExposureShare("canary", "cell", ExposureShare.Whole)] };
        await server.Get<Database>().WriteAsync(
            (connection, transaction) => server.Get<Repositories>().PublishDirectorAsync(connection, transaction, draft => draft.Set(new TargetFile(path, package.Length, DigestSet.Of(package), order.Describe()))),
            TestContext.Current.CancellationToken);
        await server.Get<RepositoryShelf>().RenewAsync(TestContext.Current.CancellationToken);
    }
}
