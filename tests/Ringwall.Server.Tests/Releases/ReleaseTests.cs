using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Ringwall.Server.Access;
using Ringwall.Server.Releases;
using Ringwall.Server.Storage;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Trust;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Tests.Releases;

/// <summary>From a vendor's signature to the bytes that a device fetches, and what is refused on the way.</summary>
public abstract class ReleaseTests(Ground ground)
{
    private const string Path1 = "acme/yara/content-1.tar.gz";
    private static readonly byte[] Package = RandomNumberGenerator.GetBytes((Packages.ChunkBytes * 2) + 1000);
    private readonly SigningParty _party = new();

    public sealed class OnSqlite(SqliteGround ground) : ReleaseTests(ground), IClassFixture<SqliteGround>;

    public sealed class OnPostgres(PostgresGround ground) : ReleaseTests(ground), IClassFixture<PostgresGround>;

    [Fact]
    public async Task A_published_release_is_fetched_and_verified_by_a_device_when_the_operator_offers_it()
    {
        await using RunningServer server = await OpenAsync();
        using HttpClient acme = await server.ClientAsync([Role.Vendor], "acme");
        PublicationReply reply = await _party.PublishAsync(acme, "acme", Now(server), Path1, Package);
        Assert.Equal([Path1], reply.Releases);
        Assert.Equal(["1.acme.json", "2.snapshot.json", "timestamp.json"], reply.Files);

        VerifyingDevice device = Device(server);
        Assert.Empty(await device.OfferedAsync());
        Assert.Equal(RejectionReason.NoSuchTarget, await device.RefusedAsync(Path1));

        await OfferAsync(server, Path1, Package);
        AgreedRelease release = await device.AgreeAsync(Path1);
        Assert.Equal("acme", release.SignedBy);
        Assert.Equal(Package, await device.DownloadAsync(release));
    }

    [Fact]
    public async Task Packages_are_served_in_parts_for_ever_and_by_digest_alone()
    {
        await using RunningServer server = await OpenAsync();
        using HttpClient acme = await server.ClientAsync([Role.Vendor], "acme");
        await _party.PublishAsync(acme, "acme", Now(server), Path1, Package);
        string digest = Convert.ToHexStringLower(SHA256.HashData(Package));
        string address = $"/packages/acme/yara/{digest}.content-1.tar.gz";
        using HttpRequestMessage part = new(HttpMethod.Get, address) { Headers = { Range = new RangeHeaderValue(Packages.ChunkBytes - 10, Packages.ChunkBytes + 9) } };
        using HttpResponseMessage answer = await server.Http.SendAsync(part, Stop);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(Package[(Packages.ChunkBytes - 10)..(Packages.ChunkBytes + 10)], await answer.Content.ReadAsByteArrayAsync(Stop));
        Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal($"\"{digest}\"", answer.Headers.ETag!.Tag);

        foreach (string other in (string[])[$"/packages/acme/yara/{digest}.content-2.tar.gz", $"/packages/acme/other/{digest}.content-1.tar.gz", $"/packages/acme/yara/{new string('0', 64)}.content-1.tar.gz", "/packages/acme/yara/content-1.tar.gz"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync(other, Stop)).StatusCode);
        }
    }

    [Fact]
    public async Task Signed_files_have_a_tag_and_say_how_long_they_are_kept()
    {
        await using RunningServer server = await OpenAsync();
        using HttpResponseMessage first = await server.Http.GetAsync("/vendors/timestamp.json", Stop);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.True(first.Headers.CacheControl!.NoCache);
        using HttpRequestMessage again = new(HttpMethod.Get, "/vendors/timestamp.json") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        Assert.Equal(HttpStatusCode.NotModified, (await server.Http.SendAsync(again, Stop)).StatusCode);
        using HttpResponseMessage root = await server.Http.GetAsync("/vendors/1.root.json", Stop);
        Assert.Contains("immutable", root.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync("/vendors/2.root.json", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await server.Http.PostAsync("/vendors/1.root.json", null, Stop)).StatusCode);
        using HttpResponseMessage head = await server.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/vendors/1.root.json"), Stop);
        Assert.Equal((HttpStatusCode.OK, root.Content.Headers.ContentLength), (head.StatusCode, head.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task What_devices_would_refuse_is_refused_and_nothing_changes()
    {
        await using RunningServer server = await OpenAsync("acme", "other");
        using HttpClient acme = await server.ClientAsync([Role.Vendor], "acme");
        using HttpClient @operator = await server.ClientAsync([Role.Operator]);
        await _party.PublishAsync(acme, "acme", Now(server), Path1, Package);
        byte[] second = [1, 2, 3];
        await SigningParty.SendAsync(acme, second);
        string before = await EverythingAsync(server);
        const string Path2 = "acme/yara/content-2.tar.gz";

        await RefusedAsync(acme, "/api/v1/vendor/targets", _party.Sign("acme", Now(server), draft => draft.Set(SigningParty.Release(Path2, second)), SigningParty.NewKey()), RejectionReason.TooFewSignatures);
        await RefusedAsync(acme, "/api/v1/vendor/targets", _party.Sign("acme", Now(server), draft => draft.Version = 1), RejectionReason.VersionMismatch);
        await RefusedAsync(acme, "/api/v1/vendor/targets", _party.Sign("acme", Now(server), draft => draft.Expires = Now(server)), RejectionReason.Expired);
        await RefusedAsync(acme, "/api/v1/vendor/targets", _party.Sign("acme", Now(server), draft => draft.Set(SigningParty.Release(Path1, second))), RejectionReason.ReleaseReused);
        await RefusedAsync(acme, "/api/v1/vendor/targets", _party.Sign("acme", Now(server), draft => draft.Set(SigningParty.Release("other/yara/content-1.tar.gz", second))), RejectionReason.NoSuchTarget);
        await RefusedAsync(acme, "/api/v1/vendor/targets", _party.Sign("acme", Now(server), draft => draft.Set(SigningParty.Release(Path2, [9]))), RejectionReason.PackageMissing);
        byte[] altered = _party.Sign("acme", Now(server), draft => draft.Set(SigningParty.Release(Path2, second)));
        altered[Array.IndexOf(altered, (byte)'2')] = (byte)'3';
        await RefusedAsync(acme, "/api/v1/vendor/targets", altered, RejectionReason.TooFewSignatures);
        await RefusedAsync(acme, "/api/v1/vendor/targets", [1, 2, 3], RejectionReason.NotJson);
        await RefusedAsync(@operator, "/api/v1/repositories/vendors/root", _party.FirstRoot(Now(server), "vendors"), RejectionReason.VersionNotNext);
        await RefusedAsync(@operator, "/api/v1/repositories/vendors/targets", FileSigning.Sign(new TargetsDraft { Version = 9, Expires = Now(server).AddDays(1) }.Body(), SigningParty.NewKey()), RejectionReason.TooFewSignatures);
        Assert.Equal(before, await EverythingAsync(server));

        // The control: what is right is taken.
        await _party.PublishAsync(acme, "acme", Now(server), Path2, second);
        Assert.NotEqual(before, await EverythingAsync(server));
    }

    [Fact]
    public async Task A_vendor_sees_and_touches_only_its_own()
    {
        await using RunningServer server = await OpenAsync("acme", "other");
        using HttpClient acme = await server.ClientAsync([Role.Vendor], "acme");
        using HttpClient other = await server.ClientAsync([Role.Vendor], "other");
        using HttpClient nobody = await server.ClientAsync([Role.Vendor], "unknown");
        await _party.PublishAsync(acme, "acme", Now(server), Path1, Package);
        string digest = Convert.ToHexStringLower(SHA256.HashData(Package));
        string before = await EverythingAsync(server);

        Assert.Equal(["acme"], (await acme.GetFromJsonAsync<VendorLine[]>("/api/v1/vendors", Stop))!.Select(vendor => vendor.Name));
        Assert.Equal(["other"], (await other.GetFromJsonAsync<VendorLine[]>("/api/v1/vendors", Stop))!.Select(vendor => vendor.Name));
        Assert.Single((await acme.GetFromJsonAsync<ReleaseLine[]>("/api/v1/releases", Stop))!);
        Assert.Empty((await other.GetFromJsonAsync<ReleaseLine[]>("/api/v1/releases", Stop))!);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/api/v1/vendor/packages/{digest}", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync("/api/v1/repositories/vendors/acme", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await acme.GetAsync("/api/v1/repositories/vendors/acme", Stop)).StatusCode);

        // Acme's own file, rightly signed, sent by another; another's package under its own name without having sent it.
        byte[] stolen = _party.Sign("acme", Now(server), _ => { });
        await RefusedAsync(other, "/api/v1/vendor/targets", stolen, RejectionReason.TooFewSignatures);
        await RefusedAsync(other, "/api/v1/vendor/targets", _party.Sign("other", Now(server), draft => draft.Set(SigningParty.Release("other/yara/content-1.tar.gz", Package))), RejectionReason.PackageMissing);
        Assert.Equal(HttpStatusCode.Conflict, (await nobody.PostAsync("/api/v1/vendor/targets", new ByteArrayContent(stolen), Stop)).StatusCode);
        foreach (string path in (string[])["/api/v1/repositories/vendors/root", "/api/v1/repositories/director/root", "/api/v1/repositories/vendors/targets", "/api/v1/vendors", "/api/v1/rollouts"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await acme.PostAsync(path, JsonContent.Create(new { }), Stop)).StatusCode);
        }

        Assert.Equal(before, await EverythingAsync(server));
    }

    [Fact]
    public async Task Keys_are_changed_and_a_new_root_is_served_beside_the_old()
    {
        await using RunningServer server = await OpenAsync();
        using HttpClient @operator = await server.ClientAsync([Role.Operator]);
        VerifyingDevice device = Device(server);
        await device.OfferedAsync();
        RootMetadata before = RootMetadata.ReadTrusted(_party.FirstRoot(Now(server), "vendors"));
        ISigner fresh = SigningParty.NewKey();
        byte[] root = FileSigning.Sign(
            new RootDraft(before) { Expires = Now(server).AddYears(1) }.RemoveKey(RoleName.Root, _party.Root[2].Key.Id).AddKey(RoleName.Root, fresh.Key).Body(), _party.Root[0], _party.Root[1]);
        await SigningParty.PostAsync(@operator, "/api/v1/repositories/vendors/root", root);
        await device.OfferedAsync();
        RepositoryReply vendors = (await @operator.GetFromJsonAsync<RepositoryReply[]>("/api/v1/repositories", Stop))!.Single(repository => repository.Name == "vendors");
        Assert.Equal(2, vendors.Roles.Single(role => role.Role == RoleName.Root).Version);

        // A root that names online keys which this server has not would stop every later publication.
        byte[] next = FileSigning.Sign(
            new RootDraft(RootMetadata.ReadTrusted(root)) { Expires = Now(server).AddYears(1) }
                .RemoveKey(RoleName.Timestamp, before.Roles[RoleName.Timestamp].KeyIds[0]).AddKey(RoleName.Timestamp, SigningParty.NewKey().Key).Body(), _party.Root[0], fresh);
        using HttpResponseMessage refused = await @operator.PostAsync("/api/v1/repositories/vendors/root", new ByteArrayContent(next), Stop);
        Assert.Equal("ringwall:online-keys-missing", await TypeAsync(refused));
    }

    [Fact]
    public async Task A_registered_vendor_waits_for_the_offline_signature_and_stands_in_the_draft()
    {
        await using RunningServer server = await OpenAsync();
        using HttpClient @operator = await server.ClientAsync([Role.Operator]);
        ISigner key = SigningParty.NewKey();
        using HttpResponseMessage answer = await @operator.PostAsJsonAsync("/api/v1/vendors", new VendorRegistration("newcomer", [KeyFile.Pem(key.Key)], 1), Stop);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        VendorLine line = (await @operator.GetFromJsonAsync<VendorLine[]>("/api/v1/vendors", Stop))!.Single(vendor => vendor.Name == "newcomer");
        Assert.False(line.SignedIn);
        byte[] draft = await @operator.GetByteArrayAsync("/api/v1/vendors/draft", Stop);
        Assert.Equal(["acme", "newcomer"], TargetsMetadata.ReadDraft(draft).Delegations.Select(delegation => delegation.Role));
        await SigningParty.PostAsync(@operator, "/api/v1/repositories/vendors/targets", FileSigning.AddSignature(draft, _party.Targets));
        Assert.True((await @operator.GetFromJsonAsync<VendorLine[]>("/api/v1/vendors", Stop))!.Single(vendor => vendor.Name == "newcomer").SignedIn);
        foreach (VendorRegistration wrong in (VendorRegistration[])[new("../x", [KeyFile.Pem(key.Key)], 1), new("root", [KeyFile.Pem(key.Key)], 1), new("a", [], 1), new("a", [KeyFile.Pem(key.Key)], 2), new("a", ["x"], 1)])
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await @operator.PostAsJsonAsync("/api/v1/vendors", wrong, Stop)).StatusCode);
        }
    }

    // Without the servers' own clockwork, which would tick twice a second through three weeks.
    [Fact]
    public async Task What_is_signed_online_is_signed_anew_long_before_it_expires()
    {
        await using Rollouts.RolloutField field = await Rollouts.RolloutField.StartAsync(await ground.NewDatabaseAsync());
        Repositories repositories = field.Replica.Repositories;
        Assert.False(await repositories.RefreshAsync(Repository.Vendors, Stop));
        for (int look = 0; look < 30; look++)
        {
            field.Clock.Advance(TimeSpan.FromHours(20));
            Assert.True(await repositories.RefreshAsync(Repository.Vendors, Stop));
            Assert.True(await repositories.RefreshAsync(Repository.Director, Stop));
            foreach (RepositoryReply repository in await repositories.ListAsync(Stop))
            {
                Assert.All(repository.Roles, role => Assert.True(role.Expires >= field.Clock.GetUtcNow() + (OnlineKeyRing.TimestampLife / 2), $"{role.Role} of {repository.Name}"));
            }
        }
    }

    [Fact]
    public async Task Another_replica_serves_what_was_published_here()
    {
        string database = await ground.NewDatabaseAsync();
        await using RunningServer one = await RunningServer.StartAsync(database, with: SigningParty.With);
        await using RunningServer two = await RunningServer.StartAsync(database, one.Clock, SigningParty.With);
        using HttpClient @operator = await one.ClientAsync([Role.Operator]);
        using HttpClient acme = await two.ClientAsync([Role.Vendor], "acme");
        await two.Http.GetAsync("/vendors/timestamp.json", Stop);
        await _party.OpenAsync(@operator, Now(one), "acme");
        await _party.PublishAsync(acme, "acme", Now(one), Path1, Package);
        await one.Get<RepositoryShelf>().RenewAsync(Stop);
        Assert.Equal(await two.Http.GetByteArrayAsync("/vendors/timestamp.json", Stop), await one.Http.GetByteArrayAsync("/vendors/timestamp.json", Stop));
        await OfferAsync(one, Path1, Package);
        await two.Get<RepositoryShelf>().RenewAsync(Stop);
        VerifyingDevice device = new(two.Http, _party.FirstRoot(Now(one), "vendors"), _party.FirstRoot(Now(one), "director"), () => Now(one));
        Assert.Equal(Package, await device.DownloadAsync(await device.AgreeAsync(Path1)));
    }

    [Fact]
    public async Task An_exported_folder_has_all_that_devices_fetch()
    {
        await using RunningServer server = await OpenAsync();
        using HttpClient acme = await server.ClientAsync([Role.Vendor], "acme");
        await _party.PublishAsync(acme, "acme", Now(server), Path1, Package);
        string folder = Directory.CreateTempSubdirectory("ringwall-export-").FullName;
        Export export = server.Get<Export>();
        Assert.True(await export.WriteAsync(folder, Stop) > 0);
        Assert.Equal(await server.Http.GetByteArrayAsync("/vendors/timestamp.json", Stop), await File.ReadAllBytesAsync(Path.Combine(folder, "vendors", "timestamp.json"), Stop));
        string digest = Convert.ToHexStringLower(SHA256.HashData(Package));
        Assert.Equal(Package, await File.ReadAllBytesAsync(Path.Combine(folder, "packages", "acme", "yara", $"{digest}.content-1.tar.gz"), Stop));
        Assert.Equal(0, await export.WriteAsync(folder, Stop));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing()
    {
        await using RunningServer server = await OpenAsync();
        Packages packages = server.Get<Packages>();
        await Assert.ThrowsAsync<IOException>(() => packages.TakeAsync(new BreakingStream(Packages.ChunkBytes + 5), "acme", Stop));
        Assert.Equal(0, await CountAsync(server, "releases_chunks"));
        Assert.Equal(0, await CountAsync(server, "releases_uploads"));
        await packages.TakeAsync(new MemoryStream(Package), "acme", Stop);
        await packages.TakeAsync(new MemoryStream(Package), "other", Stop);
        Assert.Equal((1, 3), (await CountAsync(server, "releases_packages"), await CountAsync(server, "releases_chunks")));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now(RunningServer server) => server.Clock.GetUtcNow();

    private static Task<long> CountAsync(RunningServer server, string table) => server.Get<Database>().ReadAsync(connection => connection.QuerySingleAsync<long>($"SELECT COUNT(*) FROM {table}"), Stop);

    private async Task<RunningServer> OpenAsync(params string[] vendors)
    {
        RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync(), with: SigningParty.With);
        using HttpClient @operator = await server.ClientAsync([Role.Operator]);
        await _party.OpenAsync(@operator, Now(server), vendors.Length == 0 ? ["acme"] : vendors);
        return server;
    }

    private VerifyingDevice Device(RunningServer server) =>
        new(server.Http, _party.FirstRoot(Now(server), "vendors"), _party.FirstRoot(Now(server), "director"), () => Now(server));

    // As the driver does for a rollout.
    private static async Task OfferAsync(RunningServer server, string path, byte[] package)
    {
        OperatorOrder order = new() { Salt = new string('a', 32), StartedAt = Now(server), Exposure = [new ExposureShare("canary", "cell", ExposureShare.Whole)] };
        await server.Get<Database>().WriteAsync(
            (connection, transaction) => server.Get<Repositories>().PublishDirectorAsync(connection, transaction, draft => draft.Set(new TargetFile(path, package.Length, DigestSet.Of(package), order.Describe()))), Stop);
        await server.Get<RepositoryShelf>().RenewAsync(Stop);
    }

    private static async Task RefusedAsync(HttpClient client, string path, byte[] file, RejectionReason reason)
    {
        using HttpResponseMessage answer = await client.PostAsync(path, new ByteArrayContent(file), Stop);
        string body = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode == HttpStatusCode.UnprocessableEntity, body);
        using JsonDocument problem = JsonDocument.Parse(body);
        Assert.Equal(reason.ToString(), problem.RootElement.GetProperty("reason").GetString());
    }

    private static async Task<string?> TypeAsync(HttpResponseMessage answer)
    {
        using JsonDocument problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop));
        return problem.RootElement.GetProperty("type").GetString();
    }

    // Everything that a publication could have changed, in one text.
    private static Task<string> EverythingAsync(RunningServer server) => server.Get<Database>().ReadAsync(
        async connection =>
        {
            IEnumerable<(string, string, byte[])> files = await connection.QueryAsync<(string, string, byte[])>("SELECT repository, name, content FROM releases_files ORDER BY repository, name");
            IEnumerable<string> releases = await connection.QueryAsync<string>("SELECT path FROM releases_releases ORDER BY path");
            IEnumerable<long> numbers = await connection.QueryAsync<long>("SELECT publication FROM releases_repositories ORDER BY name");
            IEnumerable<string> vendors = await connection.QueryAsync<string>("SELECT name FROM releases_vendors ORDER BY name");
            return string.Join('\n', [.. files.Select(file => $"{file.Item1}/{file.Item2} {Convert.ToHexStringLower(SHA256.HashData(file.Item3))}"), .. releases, .. numbers.Select(number => $"{number}"), .. vendors]);
        },
        Stop);

    private sealed class BreakingStream(int after) : Stream
    {
        private int _left = after;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => 0; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_left == 0)
            {
                throw new IOException("the line broke");
            }

            int read = Math.Min(count, _left);
            _left -= read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
