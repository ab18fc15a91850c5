using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Ringwall.Server.Access;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
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
