using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Ringwall.Server.Tests.Grounds;

[assembly: AssemblyFixture(typeof(PostgresCluster))]

namespace Ringwall.Server.Tests.Grounds;

/// <summary>One PostgreSQL for a whole run, from Debian's package, started when the first test asks for it. Without the package its tests are skipped by name.</summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private readonly Lazy<Task<string>> _started;
    private string? _folder;
    private int _port;

    public PostgresCluster() => _started = new Lazy<Task<string>>(StartAsync);

    private static string? Programs => Directory.Exists("/usr/lib/postgresql")
        ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
        : null;

    public async Task<string> ConnectionStringAsync()
    {
        Assert.SkipWhen(Programs is null, "PostgreSQL is not installed; ./rw installs it");
        return await _started.Value;
    }

    /// <summary>kill -9 of its first process; the others end when they see that. For a cluster of one's own: not for the one that all share.</summary>
    public async Task KillAsync()
    {
        string pid = File.ReadLines(Path.Combine(_folder!, "data", "postmaster.pid")).First();
        using Process kill = Process.Start("kill", ["-KILL", pid]);
        await kill.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>In order, as an operator does: who is connected is told so. For a cluster of one's own.</summary>
    public Task StopAsync() => RunAsync("pg_ctl", "-D", Path.Combine(_folder!, "data"), "-m", "fast", "-w", "stop");

    /// <summary>At the same port, with what was committed.</summary>
    public async Task StartAgainAsync()
    {
        // Its last processes may hold the shared memory for a moment still, and then it does not start.
        Stopwatch waited = Stopwatch.StartNew();
        while (await ExitCodeAsync("pg_ctl", StartArguments()) != 0)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(1), "it did not start again");
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_folder is not null)
        {
            await RunAsync("pg_ctl", "-D", Path.Combine(_folder, "data"), "-m", "immediate", "-w", "stop");
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task<string> StartAsync()
    {
        _folder = Directory.CreateTempSubdirectory("ringwall-postgres-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            // PostgreSQL refuses to run as root.
            File.SetUnixFileMode(_folder, (UnixFileMode)0b111_111_111);
        }

        string data = Path.Combine(_folder, "data");
        await RunAsync("initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C");
        _port = FreePort();
        await RunAsync("pg_ctl", StartArguments());
        return $"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres";
    }

    // What a test commits has to survive a killed server, not a lost disk: no fsync.
    private string[] StartArguments() =>
    [
        "-D", Path.Combine(_folder!, "data"), "-l", Path.Combine(_folder!, "log"), "-w", "-o",
        $"-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=200", "start",
    ];

    private static async Task RunAsync(string program, params string[] arguments) =>
        Assert.True(await ExitCodeAsync(program, arguments) == 0, $"{program} {string.Join(' ', arguments)} failed");

    private static async Task<int> ExitCodeAsync(string program, string[] arguments)
    {
        string path = Path.Combine(Programs!, program);
        string[] line = Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--", path, .. arguments] : [path, .. arguments];
        // pg_ctl leaves the server behind with the pipes that it was given: output goes nowhere.
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", .. line]) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return process.ExitCode;
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
