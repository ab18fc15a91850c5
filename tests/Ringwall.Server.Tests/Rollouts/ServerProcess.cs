using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ringwall.Server.Running;
using Ringwall.Server.Tests.Releases;

namespace Ringwall.Server.Tests.Rollouts;

/// <summary>A replica as a process of its own, which can be killed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _state;
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private ServerProcess(Process process, string name, Uri address, DirectoryInfo state)
    {
        _state = state;
        _process = process;
        Name = name;
        Address = address;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_said)
            {
                _said.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
    }

    /// <summary>What the database calls its connections.</summary>
    public string Name { get; }

    public Uri Address { get; }

    /// <summary>Its log so far.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>Whether it has decided something of this release with this lease.</summary>
    public bool Drove(string release, long epoch) =>
        Said.Split('\n').Any(line => line.Contains($"{release}, minute", StringComparison.Ordinal) && line.Contains($"(epoch {epoch})", StringComparison.Ordinal));

    /// <param name="database">PostgreSQL.</param>
    /// <param name="pace">How long a minute of the rollout rules lasts.</param>
    /// <param name="inside">The network namespace to run in, and the address there that others reach; null is this one, and its loopback interface.</param>
    public static async Task<ServerProcess> StartAsync(string database, TimeSpan pace, (string Namespace, string Address)? inside = null)
    {
        string name = $"replica-{Guid.NewGuid():N}"[..20];
        ServerOptions keys = SigningParty.With(new ServerOptions { State = "/nowhere", Database = database });
        Uri address = new($"http://{inside?.Address ?? "127.0.0.1"}:{FreePort()}");
        string urls = inside is null ? address.ToString() : $"{address},http://127.0.0.1:{address.Port}";
        DirectoryInfo state = Directory.CreateTempSubdirectory("ringwall-replica-");
        string[] command =
        [
            .. inside is { } place ? (string[])["ip", "netns", "exec", place.Namespace] : [],
            "dotnet", typeof(ServerApplication).Assembly.Location, "--urls", urls, "--database", $"{database};Application Name={name}", "--state", state.FullName,
            "--pace", pace.TotalSeconds.ToString(CultureInfo.InvariantCulture), "--online-keys", keys.OnlineKeys!, "--online-passphrase-file", keys.OnlinePassphraseFile!,
        ];
        Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        ServerProcess server = new(process, name, address, state);
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains("listens on", StringComparison.Ordinal))
            {
                return server;
            }
        }

        throw new InvalidOperationException($"the server did not start: {server.Said}");
    }

    /// <summary>SIGKILL: it ends in the middle of whatever it does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
        _state.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
