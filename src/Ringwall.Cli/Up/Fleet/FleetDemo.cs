// RS0030: see Programs.cs.
#pragma warning disable RS0030

// Owns:     the fleet's folder, the server and the agent.
// Ordering: keys, server, ways in, roots; then, when a host answers, enrolment, agent, the first release. Each step looks whether it was done before: the folder may be an earlier run's.

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Ringwall.Wire;
using Spectre.Console;

namespace Ringwall.Cli.Up;

/// <summary>
/// A fleet of this one machine, for looking at: a server, an operator and a vendor with keys of their own, and an agent. All of it is done by the same commands that people use.
/// </summary>
internal sealed class FleetDemo(Installation installation, string folder, double paceSeconds, Terminal terminal) : IDisposable
{
    public const string Vendor = "ringwall";
    private const int UsualPort = 7080;

    // Nobody's: the agent owns what lies in its folder, and nothing else anywhere.
    private const string UnnamedUser = "61199";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // As the server has it, less what starting takes.
    private static readonly TimeSpan LinkLasts = TimeSpan.FromMinutes(14.5);
    private Companion? _server;
    private Companion? _agent;
    private Uri? _address;

    public string Spool => Path.Combine(AgentState, "spool");

    /// <summary>Whom the agent runs as.</summary>
    public string User { get; } = File.ReadLines("/etc/passwd").Any(line => line.StartsWith("ringwall-agent:", StringComparison.Ordinal)) ? "ringwall-agent" : UnnamedUser;

    private string Secrets => Path.Combine(folder, "secret");

    private string Passphrase => Path.Combine(Secrets, "passphrase");

    private string OnlinePassphrase => Path.Combine(Secrets, "online-passphrase");

    private string OperatorToken => Path.Combine(Secrets, "operator-token");

    private string VendorToken => Path.Combine(Secrets, "vendor-token");

    private string OperatorFolder => Path.Combine(folder, "operator");

    private string VendorFolder => Path.Combine(folder, "vendor");

    private string ServerState => Path.Combine(folder, "server");

    private string AgentState => Path.Combine(folder, "agent");

    /// <summary>Makes keys if there are none, and starts the server.</summary>
    /// <exception cref="CommandException">Something of it failed.</exception>
    public async Task<FleetSight> BeginAsync(CancellationToken stop)
    {
        Installation.Require(installation.Server, installation.Agent);
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(Secrets, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        MakeSecret(Passphrase);
        MakeSecret(OnlinePassphrase);
        if (!Directory.Exists(OperatorFolder))
        {
            await OwnAsync(
                "operator", "--dir", OperatorFolder, "init", "--root-keys", "1", "--root-threshold", "1", "--targets-keys", "1",
                "--passphrase-file", Passphrase, "--online-passphrase-file", OnlinePassphrase).ConfigureAwait(false);
            await OwnAsync("vendor", "--dir", VendorFolder, "init", Vendor, "--passphrase-file", Passphrase).ConfigureAwait(false);
            await OwnAsync("operator", "--dir", OperatorFolder, "vendors", "draft", "--add", Path.Combine(VendorFolder, "vendor.json")).ConfigureAwait(false);
            await OwnAsync(
                "operator", "--dir", OperatorFolder, "vendors", "sign", "--key", Path.Combine(OperatorFolder, "offline", "targets-1.pem"), "--passphrase-file", Passphrase).ConfigureAwait(false);
        }

        _address = new Uri($"http://127.0.0.1:{FreePort()}/");
        _server = await Companion.StartAsync("ringwall-server", Path.Combine(folder, "server.log"), null, [installation.Server, .. Settings(), "--urls", _address.ToString().TrimEnd('/'), "--pace", paceSeconds.ToString(CultureInfo.InvariantCulture)]).ConfigureAwait(false);
        _ = await _server.HearAsync(line => line.StartsWith("ringwall-server listens", StringComparison.Ordinal), Patience, stop).ConfigureAwait(false)
            ?? throw new CommandException(ExitCode.NotDone, "ringwall-server", "it does not listen", $"see {folder}/server.log");
        string? invitation = await _server.HearAsync(IsInvitation, TimeSpan.FromSeconds(5), stop).ConfigureAwait(false);
        await PrepareAsync(stop).ConfigureAwait(false);
        return Sight(invitation is null ? null : new Uri(invitation[invitation.IndexOf("http", StringComparison.Ordinal)..]));
    }

    /// <summary>Enrols this machine, starts the agent, and has the vendor publish. A host answers by now.</summary>
    /// <exception cref="CommandException">Something of it failed.</exception>
    public async Task JoinAsync(string runDirectory, CancellationToken stop)
    {
        Directory.CreateDirectory(AgentState);
        await RunAsync(new ProcessStartInfo("chown", ["-R", $"{User}:{User}", AgentState]), null, stop).ConfigureAwait(false);
        if (!File.Exists(Path.Combine(AgentState, "enrolled.json")))
        {
            using ServerDoor door = new(_address!);
            using JsonDocument made = await door.SendAsync(HttpMethod.Post, "api/v1/join-tokens", """{"ring":"canary"}""", File.ReadAllText(OperatorToken), null, stop).ConfigureAwait(false);
            await EnrolAsync(installation, User, AgentState, runDirectory, _address!, made.RootElement.GetProperty("secret").GetString()!, [], null, stop).ConfigureAwait(false);
        }

        _agent = await Companion.StartAsync(
            "ringwall-agent", Path.Combine(folder, "agent.log"), User, [installation.Agent, "--state-dir", AgentState, "--run-dir", runDirectory]).ConfigureAwait(false);
        string update = Path.Combine(installation.Root, "updates", "yara-good.tar.gz");
        if (!File.Exists(Path.Combine(VendorFolder, "targets.json")) && File.Exists(update))
        {
            await PublishAsync(update).ConfigureAwait(false);
        }
    }

    /// <summary>Makes this machine a device, as the agent's user.</summary>
    /// <exception cref="CommandException">Server or host refuses.</exception>
    public static async Task EnrolAsync(
        Installation installation, string user, string state, string runDirectory, Uri server, string token, IReadOnlyList<string> mirrors, string? name, CancellationToken stop)
    {
        if (!Directory.Exists(state))
        {
            // Whom the agent runs as may make no folder there. What exists is left alone: root changes nothing in a folder that is another's.
            await RunAsync(new ProcessStartInfo("install", ["-d", "-m", "0755", "-o", user, "-g", user, "--", state]), null, stop).ConfigureAwait(false);
        }

        List<string> command = [installation.Agent, "--enrol", "--server", server.ToString(), "--token-file", "-", "--state-dir", state, "--run-dir", runDirectory];
        command.AddRange(mirrors.SelectMany(mirror => (string[])["--mirror", mirror]));
        command.AddRange(name is null ? [] : (string[])["--name", name]);
        await RunAsync(Companion.Start(user, diesWithUs: false, command), token, stop).ConfigureAwait(false);
    }

    /// <summary>Ends the agent, which says goodbye to the server as long as a host answers.</summary>
    public void Leave()
    {
        _agent?.Dispose();
        _agent = null;
    }

    public void Dispose()
    {
        Leave();
        _server?.Dispose();
    }

    // In a checkout there is a shorter word for everything.
    private FleetSight Sight(Uri? link)
    {
        DateTimeOffset until = DateTimeOffset.UtcNow + LinkLasts;
        string rw = Path.GetFullPath(Path.Combine(installation.Root, "..", "..", "rw"));
        if (!File.Exists(rw))
        {
            return new FleetSight(_address!, link, until, "ringwall-server link operator", []);
        }

        rw = Path.GetDirectoryName(rw) == Environment.CurrentDirectory ? "./rw" : rw;
        return new FleetSight(_address!, link, until, $"{rw} link", [($"{rw} fleet --release bad", "240 more devices, simulated, and an update that harms them")]);
    }

    private static bool IsInvitation(string line) => line.StartsWith("sign in once", StringComparison.Ordinal);

    // Ways in for what follows, roots and vendors on the server, and what this demonstration lets out by itself.
    private async Task PrepareAsync(CancellationToken stop)
    {
        using ServerDoor door = new(_address!);
        if (!File.Exists(OperatorToken))
        {
            string said = await RunAsync(new ProcessStartInfo(installation.Server, ["link", "demonstration", .. Settings()]), null, stop).ConfigureAwait(false);
            string link = said.Split('\n').FirstOrDefault(IsInvitation) ?? throw new CommandException(ExitCode.NotDone, "ringwall-server link", said, "");
            Keep(OperatorToken, await door.TokenByLinkAsync(link, stop).ConfigureAwait(false));
        }

        string token = File.ReadAllText(OperatorToken);
        await OwnAsync("operator", "--dir", OperatorFolder, "publish", "--server", _address!.ToString(), "--token-file", OperatorToken).ConfigureAwait(false);
        if (!File.Exists(VendorToken))
        {
            using JsonDocument account = await door.SendAsync(
                HttpMethod.Post, "api/v1/accounts", $$"""{"name":"{{Vendor}}-vendor","roles":["vendor"],"vendor":"{{Vendor}}"}""", token, null, stop).ConfigureAwait(false);
            Keep(VendorToken, await door.TokenByLinkAsync(account.RootElement.GetProperty("link").GetString()!, stop).ConfigureAwait(false));
            using (await door.SendAsync(HttpMethod.Put, "api/v1/policy", $$"""{"automatic":["{{Vendor}}"]}""", token, null, stop).ConfigureAwait(false))
            {
            }
        }
    }

    private async Task PublishAsync(string package)
    {
        await OwnAsync("vendor", "--dir", VendorFolder, "sign", package, "--key", Path.Combine(VendorFolder, "keys", $"{Vendor}-1.pem"), "--passphrase-file", Passphrase).ConfigureAwait(false);
        await OwnAsync("vendor", "--dir", VendorFolder, "publish", "--server", _address!.ToString(), "--token-file", VendorToken).ConfigureAwait(false);
    }

    private string[] Settings() => ["--state", ServerState, "--online-keys", Path.Combine(OperatorFolder, "online"), "--online-passphrase-file", OnlinePassphrase];

    // A command of ours, as a person would give it; what it says is only of interest when it fails.
    private async Task OwnAsync(params string[] arguments)
    {
        using StringWriter said = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(said) });
        int exit = await Entry.RunAsync(arguments, new Terminal(said, said, console, terminal.Stop)).ConfigureAwait(false);
        if (exit != ExitCode.Done)
        {
            throw new CommandException(exit, $"ringwall {arguments[0]}", said.ToString().Trim().ReplaceLineEndings(" | "), $"remove {folder} to begin anew");
        }
    }

    private static async Task<string> RunAsync(ProcessStartInfo start, string? input, CancellationToken stop)
    {
        start.UseShellExecute = false;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> said = process.StandardOutput.ReadToEndAsync(stop);
        Task<string> complained = process.StandardError.ReadToEndAsync(stop);
        await process.StandardInput.WriteAsync(input).ConfigureAwait(false);
        process.StandardInput.Close();
        await process.WaitForExitAsync(stop).ConfigureAwait(false);
        return process.ExitCode == 0
            ? await said.ConfigureAwait(false)
            : throw new CommandException(ExitCode.NotDone, Path.GetFileName(start.FileName), (await complained.ConfigureAwait(false)).Trim().ReplaceLineEndings(" | "), "");
    }

    private static void MakeSecret(string file)
    {
        if (!File.Exists(file))
        {
            Keep(file, RandomNumberGenerator.GetHexString(32, lowercase: true));
        }
    }

    private static void Keep(string file, string secret)
    {
        using FileStream to = new(file, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        to.Write(System.Text.Encoding.ASCII.GetBytes(secret));
    }

    // Where it was the last time: the agent was enrolled there.
    private int FreePort()
    {
        string file = Path.Combine(folder, "port");
        int wanted = File.Exists(file) && int.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out int last) ? last : UsualPort;
        int port = TryPort(wanted) ?? (wanted == UsualPort && !File.Exists(file) ? TryPort(0) : null)
            ?? throw new CommandException(ExitCode.NotDone, $"127.0.0.1:{wanted}", "something else listens there", $"end it, or remove {folder} to begin anew at another port");
        File.WriteAllText(file, port.ToString(CultureInfo.InvariantCulture));
        return port;
    }

    private static int? TryPort(int port)
    {
        try
        {
            using TcpListener listener = new(IPAddress.Loopback, port);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
