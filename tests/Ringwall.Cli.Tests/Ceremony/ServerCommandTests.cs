using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Ringwall.Server.Access;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
using Ringwall.Trust;
using Ringwall.Wire;
using Ringwall.Wire.Api;

namespace Ringwall.Cli.Tests.Ceremony;

/// <summary>The command line and a real server: from an empty folder to a release that waits for approval.</summary>
public sealed class ServerCommandTests : IAsyncLifetime
{
    private readonly CeremonyFolder _folder = new();
    private WebApplication? _server;

    public async ValueTask InitializeAsync()
    {
        await _folder.OperatorAsync();
        _server = ServerApplication.Build(new ServerOptions
        {
            State = _folder.In(),
            Database = $"Data Source={_folder.In("fleet.db")}",
            Urls = ["http://127.0.0.1:0"],
            OnlineKeys = _folder.In("op", "online"),
            OnlinePassphraseFile = _folder.OtherPassphrase,
        });
        await _server.StartAsync(Migration.Embedded(), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.StopAsync();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_vendor_publishes_and_an_operator_sees_it()
    {
        string[] op = ["--dir", _folder.In("op"), .. await AsAsync("operator", [Role.Operator], null)];
        string[] acme = ["--dir", _folder.In("acme"), .. await AsAsync("acme", [Role.Vendor], "acme")];
        Assert.Contains("1.root.json", await CeremonyFolder.DoneAsync(["operator", "publish", .. op]), StringComparison.Ordinal);
        Assert.Contains("the server has all of it", await CeremonyFolder.DoneAsync(["operator", "publish", .. op]), StringComparison.Ordinal);

        await CeremonyFolder.DoneAsync("vendor", "init", "acme", "--dir", _folder.In("acme"), "--passphrase-file", _folder.Passphrase);
        string key = _folder.In("acme", "keys", "acme-1.pem");
        await CeremonyFolder.DoneAsync("vendor", "sign", await _folder.PackAsync("one", "2026.1"), "--dir", _folder.In("acme"), "--key", key, "--passphrase-file", _folder.Passphrase);
        CommandRun early = await CommandRun.OfAsync(["vendor", "publish", .. acme]);
        Assert.Equal(ExitCode.NotDone, early.Exit);
        Assert.Contains("have not signed acme in", early.Complained, StringComparison.Ordinal);

        await CeremonyFolder.DoneAsync("operator", "--dir", _folder.In("op"), "vendors", "draft", "--add", _folder.In("acme", "vendor.json"));
        await CeremonyFolder.DoneAsync("operator", "--dir", _folder.In("op"), "vendors", "sign", "--key", _folder.In("op", "offline", "targets-1.pem"), "--passphrase-file", _folder.Passphrase);
        await CeremonyFolder.DoneAsync(["operator", "publish", .. op]);
        Assert.Contains("acme/marker/content-1.tar.gz: published", await CeremonyFolder.DoneAsync(["vendor", "publish", .. acme]), StringComparison.Ordinal);

        // The second brings its way back, and only the new package travels.
        await CeremonyFolder.DoneAsync("vendor", "sign", await _folder.PackAsync("two", "2026.2"), "--dir", _folder.In("acme"), "--key", key, "--passphrase-file", _folder.Passphrase);
        string said = await CeremonyFolder.DoneAsync(["vendor", "publish", .. acme]);
        Assert.Contains("content-2.tar.gz: published", said, StringComparison.Ordinal);
        Assert.Contains("content-3.tar.gz: published", said, StringComparison.Ordinal);
        Assert.Single(said.Split('\n'), line => line.EndsWith("bytes sent", StringComparison.Ordinal));

        string list = await CeremonyFolder.DoneAsync(["operator", "releases", .. op, "--json"]);
        ReleaseLine[] releases = [.. list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize(line, ApiJson.Default.ReleaseLine)!)];
        Assert.Equal([3, 2, 1], releases.Select(release => release.Number));
        Assert.Equal(("acme/marker/content-3.tar.gz", "acme/marker/content-2.tar.gz"), (releases[1].WayBack, releases[0].WayBackFrom));
        Assert.Contains("a way back", await CeremonyFolder.DoneAsync(["vendor", "releases", .. acme]), StringComparison.Ordinal);

        string started = await CeremonyFolder.DoneAsync(["operator", "rollout", "start", "acme/marker/content-2.tar.gz", "--urgent", .. op]);
        Assert.Contains("waiting, urgent", started, StringComparison.Ordinal);
        Assert.Contains("0 of 2 approvals", started, StringComparison.Ordinal);
        string id = started.Split(':')[0];
        Assert.Contains(id, await CeremonyFolder.DoneAsync(["operator", "rollouts", .. op]), StringComparison.Ordinal);
        CommandRun pause = await CommandRun.OfAsync(["operator", "rollout", "pause", id, .. op]);
        Assert.Equal((ExitCode.NotDone, true), (pause.Exit, pause.Complained.Contains("it is waiting", StringComparison.Ordinal)));
        CommandRun approve = await CommandRun.OfAsync(["operator", "rollout", "approve", id, .. op]);
        Assert.Equal(ExitCode.NeedsRight, approve.Exit);
        Assert.Contains("1 of 2 approvals: ada", await CeremonyFolder.DoneAsync(["operator", "rollout", "approve", id, .. await AsAsync("ada", [Role.Approver], null)]), StringComparison.Ordinal);
        Assert.Contains("HALTED by operator: a mistake", await CeremonyFolder.DoneAsync(["operator", "rollout", "halt", id, "--why", "a mistake", .. op]), StringComparison.Ordinal);

        // From another machine, which has the vendor's registration and keys alone.
        Directory.CreateDirectory(_folder.In("elsewhere"));
        File.Copy(_folder.In("acme", "vendor.json"), _folder.In("elsewhere", "vendor.json"));
        Assert.Contains("version 2, 3 releases", await CeremonyFolder.DoneAsync(["vendor", "fetch", "--dir", _folder.In("elsewhere"), .. acme[2..]]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stolen_targets_key_is_replaced_as_the_page_says()
    {
        string dir = _folder.In("op");
        string[] op = ["--dir", dir, .. await AsAsync("operator", [Role.Operator], null)];
        await CeremonyFolder.DoneAsync("vendor", "init", "acme", "--dir", _folder.In("acme"), "--passphrase-file", _folder.Passphrase);
        await CeremonyFolder.DoneAsync("operator", "vendors", "draft", "--add", _folder.In("acme", "vendor.json"), "--dir", dir);
        string stolen = _folder.In("op", "offline", "targets-1.pem");
        await CeremonyFolder.DoneAsync("operator", "vendors", "sign", "--key", stolen, "--dir", dir, "--passphrase-file", _folder.Passphrase);
        await CeremonyFolder.DoneAsync(["operator", "publish", .. op]);

        string fresh = await _folder.NewKeyAsync("fresh.pem");
        await CeremonyFolder.DoneAsync("operator", "root", "rotate", "vendors", stolen, fresh, "--dir", dir);
        await CeremonyFolder.DoneAsync(
            "operator", "root", "sign", "vendors", "--key", _folder.In("op", "offline", "root-1.pem"), "--key", _folder.In("op", "offline", "root-2.pem"), "--dir", dir, "--passphrase-file", _folder.Passphrase);

        // The root alone would stop updates: it does not go without the file that belongs to it.
        CommandRun alone = await CommandRun.OfAsync(["operator", "publish", .. op]);
        Assert.Equal((ExitCode.NotDone, true), (alone.Exit, alone.Complained.Contains("took away the keys", StringComparison.Ordinal)));
        await CeremonyFolder.DoneAsync("operator", "vendors", "draft", "--dir", dir);
        await CeremonyFolder.DoneAsync("operator", "vendors", "sign", "--key", fresh, "--dir", dir, "--passphrase-file", _folder.Passphrase);
        string said = await CeremonyFolder.DoneAsync(["operator", "publish", .. op]);
        Assert.Contains("2.root.json", said, StringComparison.Ordinal);
        Assert.Contains("targets.json", said, StringComparison.Ordinal);
        Assert.Contains("the server has all of it", await CeremonyFolder.DoneAsync(["operator", "publish", .. op]), StringComparison.Ordinal);

        // What a device finds: the vendor is signed in by the new key, and the thief's signature is worth nothing.
        using HttpClient device = new() { BaseAddress = new Uri(_server!.Urls.First()) };
        TrustedRepository trusted = TrustedRepository.Load(new Dictionary<string, byte[]> { [RoleName.Root] = await File.ReadAllBytesAsync(_folder.In("op", "vendors", "1.root.json"), TestContext.Current.CancellationToken) });
        foreach (UpdateStep.Fetch fetch in trusted.Refresh(DateTimeOffset.UtcNow).OfType<UpdateStep.Fetch>())
        {
            using HttpResponseMessage answer = await device.GetAsync($"vendors/{fetch.FileName}", TestContext.Current.CancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                fetch.Supply(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            }
        }

        Assert.Equal((2, "acme"), (trusted.Root.Version, Assert.Single(trusted.Targets!.Delegations).Role));
        Assert.Equal(KeyFile.ReadPublic(File.ReadAllText(fresh)).Id, Assert.Single(trusted.Root.Roles[RoleName.Targets].WhoSigned(trusted.Root.Keys, SignedFile.Read(trusted.Targets.File.Bytes))).Id);
    }

    [Fact]
    public async Task A_vendor_signs_for_longer_and_with_new_keys_as_the_page_says()
    {
        string dir = _folder.In("op");
        string[] op = ["--dir", dir, .. await AsAsync("operator", [Role.Operator], null)];
        string[] server = await AsAsync("acme", [Role.Vendor], "acme");
        await CeremonyFolder.DoneAsync("vendor", "init", "acme", "--dir", _folder.In("acme"), "--passphrase-file", _folder.Passphrase);
        await SignInAsync(_folder.In("acme", "vendor.json"));
        string key = _folder.In("acme", "keys", "acme-1.pem");
        await CeremonyFolder.DoneAsync("vendor", "sign", await _folder.PackAsync("one", "2026.1"), "--dir", _folder.In("acme"), "--key", key, "--passphrase-file", _folder.Passphrase);
        await CeremonyFolder.DoneAsync(["vendor", "publish", "--dir", _folder.In("acme"), .. server]);

        // For longer.
        await CeremonyFolder.DoneAsync("vendor", "sign", "--renew", "--dir", _folder.In("acme"), "--key", key, "--passphrase-file", _folder.Passphrase);
        await CeremonyFolder.DoneAsync(["vendor", "publish", "--dir", _folder.In("acme"), .. server]);
        Assert.Equal(2, TargetsMetadata.ReadDraft(File.ReadAllBytes(_folder.In("acme", "targets.json"))).Version);

        // With new keys, in a new folder.
        string next = _folder.In("acme2");
        await CeremonyFolder.DoneAsync("vendor", "init", "acme", "--dir", next, "--passphrase-file", _folder.Passphrase);
        File.Copy(_folder.In("acme", "targets.json"), _folder.In("acme2", "targets.json"));
        foreach (string package in Directory.GetFiles(_folder.In("acme", "packages")))
        {
            File.Copy(package, _folder.In("acme2", "packages", Path.GetFileName(package)));
        }

        await SignInAsync(_folder.In("acme2", "vendor.json"));
        string[] sign = ["--dir", next, "--key", _folder.In("acme2", "keys", "acme-1.pem"), "--passphrase-file", _folder.Passphrase];
        CommandRun unasked = await CommandRun.OfAsync(["vendor", "sign", await _folder.PackAsync("two", "2026.2"), .. sign]);
        Assert.Contains("--renew", unasked.Complained, StringComparison.Ordinal);
        Assert.Contains("acme/marker/content-1.tar.gz: a release of", await CeremonyFolder.DoneAsync(["vendor", "sign", "--renew", .. sign]), StringComparison.Ordinal);
        await CeremonyFolder.DoneAsync(["vendor", "publish", "--dir", next, .. server]);
        Assert.Equal(3, TargetsMetadata.ReadDraft(File.ReadAllBytes(_folder.In("acme2", "targets.json"))).Version);

        // And on from there.
        await CeremonyFolder.DoneAsync(["vendor", "sign", await _folder.PackAsync("three", "2026.3"), .. sign]);
        Assert.Contains("content-2.tar.gz: published", await CeremonyFolder.DoneAsync(["vendor", "publish", "--dir", next, .. server]), StringComparison.Ordinal);

        async Task SignInAsync(string registration)
        {
            await CeremonyFolder.DoneAsync("operator", "vendors", "draft", "--add", registration, "--dir", dir);
            await CeremonyFolder.DoneAsync("operator", "vendors", "sign", "--key", _folder.In("op", "offline", "targets-1.pem"), "--dir", dir, "--passphrase-file", _folder.Passphrase);
            await CeremonyFolder.DoneAsync(["operator", "publish", .. op]);
        }
    }

    [Fact]
    public async Task Another_root_of_the_same_version_on_the_server_is_told()
    {
        string[] op = await AsAsync("operator", [Role.Operator], null);
        await CeremonyFolder.DoneAsync(["operator", "publish", "--dir", _folder.In("op"), .. op]);
        await CeremonyFolder.DoneAsync("operator", "init", "--dir", _folder.In("other"), "--passphrase-file", _folder.Passphrase, "--online-passphrase-file", _folder.OtherPassphrase);
        CommandRun run = await CommandRun.OfAsync(["operator", "publish", "--dir", _folder.In("other"), .. op]);
        Assert.Equal(ExitCode.NotDone, run.Exit);
        Assert.Contains("another root 1 of vendors", run.Complained, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_away_and_a_token_that_is_wrong_end_with_their_own_codes()
    {
        File.WriteAllText(_folder.In("wrong"), "rwp_nonsense");
        CommandRun wrong = await CommandRun.OfAsync("operator", "rollouts", "--server", _server!.Urls.First(), "--token-file", _folder.In("wrong"));
        Assert.Equal(ExitCode.NeedsRight, wrong.Exit);
        CommandRun away = await CommandRun.OfAsync("operator", "rollouts", "--server", "http://127.0.0.1:1", "--token-file", _folder.In("wrong"));
        Assert.Equal(ExitCode.NoServer, away.Exit);
        Assert.Equal(ExitCode.Usage, (await CommandRun.OfAsync("operator", "rollouts", "--server", "nonsense", "--token-file", _folder.In("wrong"))).Exit);
    }

    private async Task<string[]> AsAsync(string name, string[] roles, string? vendor)
    {
        string account = await _server!.Services.GetRequiredService<Accounts>().CreateAsync("server", name, roles, vendor, TestContext.Current.CancellationToken);
        (_, string token) = await _server.Services.GetRequiredService<Credentials>().NewTokenAsync(account, "test", TimeSpan.FromDays(1), TestContext.Current.CancellationToken);
        File.WriteAllText(_folder.In($"{name}.token"), token);
        return ["--server", _server.Urls.First(), "--token-file", _folder.In($"{name}.token")];
    }
}
