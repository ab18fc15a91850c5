using Microsoft.Playwright;

namespace Ringwall.Dashboard.Tests.Stage;

/// <summary>
/// A real server in a process of its own with people, vendors and simulated devices, and one browser. A minute of the rules lasts 0.8 seconds: shorter, and a busy machine
/// misses reports, for which the rules would rightly pause.
/// </summary>
public sealed class FleetStage : IAsyncLifetime
{
    public const string Chromium = "/usr/bin/chromium";
    private const string Pace = "0.8";

    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-dashboard-").FullName;
    private readonly Dictionary<string, Client> _people = [];
    private readonly List<Running> _fleets = [];
    private Running _server = null!;
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;
    private Signers _signers = null!;

    internal Uri Server { get; private set; } = null!;

    internal Client this[string person] => _people[person];

    internal string Said => _server.Said;

    public async ValueTask InitializeAsync()
    {
        Assert.True(File.Exists(Chromium), $"there is no {Chromium}: ./rw installs it (eng/packages.txt)");
        string keys = Path.Combine(_folder, "online-keys");
        _signers = new Signers(keys);
        _server = Running.Start(
            "Ringwall.Server", "ringwall-server.dll", "--urls", "http://127.0.0.1:0", "--state", Path.Combine(_folder, "state"), "--pace", Pace, "--online-keys", keys, "--online-passphrase-file", _signers.PassphraseFile);
        string listens = await _server.SaysAsync("listens on ");
        Server = new Uri(listens[(listens.LastIndexOf(' ') + 1)..]);
        string link = await _server.SaysAsync("/sign-in/link/");
        _people["operator"] = await Client.SignedInAsync(Server, link[link.IndexOf("http", StringComparison.Ordinal)..]);
        await JoinAsync("olga", ["operator", "approver"]);
        await JoinAsync("anton", ["approver"]);
        await JoinAsync("aud", ["auditor"]);
        await JoinAsync("yves", ["vendor"], "acme");
        await JoinAsync("nora", ["vendor"], "northwind");
        await _signers.OpenAsync(this["olga"], "acme", "northwind");

        // Of half as many, most canaries are let in at once, and too few are left to compare with: the rules then rightly wait for minutes.
        await FleetAsync(devices: 240, "bad");
        await _signers.PublishAsync(this["yves"], "2026.11.30", "acme/yara/content-7.tar.gz");
        await _signers.PublishAsync(this["nora"], "41", "northwind/sigma/content-41.tar.gz");
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-gpu", "--disable-quic"] });
    }

    /// <summary>A page of somebody who is signed in; of nobody when no name is given.</summary>
    internal async Task<Sheet> OpenAsync(string? person, string path, ColorScheme scheme = ColorScheme.Light, int width = 1280, bool script = true)
    {
        IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Server.ToString(),
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = width < 600 ? 844 : 900 },
            JavaScriptEnabled = script,
        });
        if (person is not null)
        {
            await context.AddCookiesAsync(this[person].Cookies.Select(cookie => new Cookie { Name = cookie.Name, Value = cookie.Value, Url = Server.ToString() }));
        }

        Sheet sheet = await Sheet.OpenAsync(context);
        await sheet.GoAsync(path);
        return sheet;
    }

    internal async Task PublishAsync(string person, string version, params string[] paths) => await _signers.PublishAsync(this[person], version, paths);

    /// <summary>Adds simulated devices, which take releases well, or do not.</summary>
    internal async Task<IAsyncDisposable> FleetAsync(int devices, string release)
    {
        string token = (await this["olga"].PostAsync("/api/v1/me/tokens", new { name = $"fleet {release}", days = 1 })).GetProperty("token").GetString()!;
        Running fleet = Running.Start("Ringwall.Simulator", "ringwall-simulator.dll", "fleet", "--devices", $"{devices}", "--release", release, "--server", Server.ToString(), "--token", token);
        _fleets.Add(fleet);
        await fleet.SaysAsync("devices enrolled");
        return fleet;
    }

    internal async Task JoinAsync(string name, string[] roles, string? vendor = null) =>
        _people[name] = await Client.SignedInAsync(Server, await this["operator"].InviteAsync(name, roles, vendor));

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        foreach (Running fleet in _fleets)
        {
            await fleet.DisposeAsync();
        }

        await _server.DisposeAsync();
        foreach (Client person in _people.Values)
        {
            person.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }
}
