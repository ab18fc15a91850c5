using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Ringwall.Server.Running;
using Ringwall.Server.Tests.Releases;

namespace Ringwall.Server.Tests.Rollouts;

/// <summary>A replica as a process of its own, which can be killed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly DirectoryInfo _state;
    private readonly Process _process;
    private readonly Task<string> _complaints;

    private ServerProcess(Process process, Uri address, DirectoryInfo state)
    {
        _state = state;
        _process = process;
        _complaints = process.StandardError.ReadToEndAsync();
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<ServerProcess> StartAsync(string database, TimeSpan pace, int? port = null)
    {
        ServerOptions keys = SigningParty.With(new ServerOptions { State = "/nowhere", Database = database });
        string address = $"http://127.0.0.1:{port ?? FreePort()}";
        DirectoryInfo state = Directory.CreateTempSubdirectory("ringwall-replica-");
        Process process = Process.Start(new ProcessStartInfo("dotnet",
        [
            typeof(ServerApplication).Assembly.Location, "--urls", address, "--database", database, "--state", state.FullName, "--pace", pace.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture),
            "--online-keys", keys.OnlineKeys!, "--online-passphrase-file", keys.OnlinePassphraseFile!,
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        ServerProcess server = new(process, new Uri(address), state);
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains("listens on", StringComparison.Ordinal))
            {
                return server;
            }
        }

        throw new InvalidOperationException($"the server did not start: {await server._complaints}");
    }

    /// <summary>SIGKILL: it ends in the middle of whatever it does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
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
