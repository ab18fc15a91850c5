namespace Ringwall.Bench.Server;

/// <summary>A PostgreSQL of this run's own, from Debian's package, durable as it comes; only the log may grow before it is written out.</summary>
internal sealed class PostgresCluster : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string _programs;

    private PostgresCluster(string folder, string programs, int port)
    {
        _folder = folder;
        _programs = programs;
        Port = port;
    }

    public int Port { get; }

    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username=postgres;Database=postgres";

    public static async Task<PostgresCluster> StartAsync()
    {
        string programs = Directory.EnumerateDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Order(StringComparer.Ordinal).LastOrDefault()
            ?? throw new BenchException("there is no PostgreSQL: apt-get install postgresql");
        string folder = Directory.CreateTempSubdirectory("ringwall-bench-postgres-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        }

        var cluster = new PostgresCluster(folder, programs, ChildProcess.FreePort());
        await cluster.RunAsync("initdb", "-D", Path.Combine(folder, "data"), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C");
        await cluster.RunAsync("pg_ctl", "-D", Path.Combine(folder, "data"), "-l", Path.Combine(folder, "log"), "-w", "-o",
            $"-p {cluster.Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_wal_size=4GB", "start");
        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("pg_ctl", "-D", Path.Combine(_folder, "data"), "-m", "immediate", "-w", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    private Task<string> RunAsync(string program, params string[] arguments)
    {
        string path = Path.Combine(_programs, program);
        string[] line = Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--", path, .. arguments] : [path, .. arguments];
        return ChildProcess.OutputAsync("/bin/sh", ["-c", "cd / && exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", .. line]);
    }
}
