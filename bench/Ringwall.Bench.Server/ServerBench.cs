using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Ringwall.Bench.Server;

/// <summary>The server beside a bare endpoint of the same framework: all sides take turns in every round, a ratio is taken within a round, and the median over the rounds counts.</summary>
internal sealed class ServerBench(BenchOptions options)
{
    /// <summary>In its own folder, beside its own native libraries.</summary>
    private static string ServerProgram => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Ringwall.Server", "release_linux-x64", "ringwall-server.dll"));

    private static string OwnProgram => Path.Combine(AppContext.BaseDirectory, "Ringwall.Bench.Server.dll");

    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-bench-server-").FullName;

    /// <returns>False when bars count and one was missed.</returns>
    public async Task<bool> RunAsync()
    {
        var figures = new Figures();
        try
        {
            await CompareAsync(figures);
            IReadOnlyList<ScalePoint> points = await GrowAsync();
            Report(figures, points);
            string root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", ".."));
            figures.Write(Path.Combine(root, "artifacts", "bench", "server.json"), options);

            // A quick look is no measurement: the picture in the documents stays.
            string picture = options.Quick ? Path.Combine(root, "artifacts", "bench", "server-scale.svg") : Path.Combine(root, "docs", "images", "server-scale.svg");
            await File.WriteAllTextAsync(picture, ScalePlot.Svg(points));
            Console.WriteLine($"\n{Path.GetRelativePath(root, picture)}\nartifacts/bench/server.json");
            return figures.AllBarsReached || !options.Strict;
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task CompareAsync(Figures figures)
    {
        Say($"seeding {options.Devices:N0} devices, twice");
        string sqlite = Sqlite("fleet");
        string sqliteTokens = Path.Combine(_folder, "sqlite-tokens");
        string postgresTokens = Path.Combine(_folder, "postgres-tokens");
        await Seeder.SeedAsync(sqlite, options.Devices, sqliteTokens);
        await using PostgresCluster cluster = await PostgresCluster.StartAsync();
        await Seeder.SeedAsync(cluster.ConnectionString, options.Devices, postgresTokens);
        double sqliteBytes = new FileInfo(Path.Combine(_folder, "fleet.db")).Length / (double)options.Devices;
        double postgresBytes = await SizeAsync(cluster) / options.Devices;

        (int barePort, int sqlitePort, int postgresPort) = (ChildProcess.FreePort(), ChildProcess.FreePort(), ChildProcess.FreePort());
        using ChildProcess bare = await ChildProcess.ListenAsync(OwnProgram, "bare", Number(barePort));
        using ChildProcess onSqlite = await ServerAsync(sqlitePort, sqlite, "sqlite-state");
        using ChildProcess onPostgres = await ServerAsync(postgresPort, cluster.ConnectionString, "postgres-state");

        // Code that is not compiled yet would be measured otherwise.
        foreach ((int port, string tokens) in new[] { (barePort, sqliteTokens), (sqlitePort, sqliteTokens), (postgresPort, postgresTokens) })
        {
            await Wrk.ReportsAsync(port, tokens, options.WarmUp);
            await Wrk.GetAsync(port, options.WarmUp / 2);
        }

        var rounds = new List<(Wrk.Load Bare, Wrk.Load Sqlite, Wrk.Load Postgres, Wrk.Load BareGet, Wrk.Load Metadata)>();
        for (int round = 0; round < options.Rounds; round++)
        {
            Say($"round {round + 1} of {options.Rounds}");
            Wrk.Load post = await Wrk.ReportsAsync(barePort, sqliteTokens, options.Seconds);
            Wrk.Load stored = await Wrk.ReportsAsync(sqlitePort, sqliteTokens, options.Seconds);
            Wrk.Load storedToo = await Wrk.ReportsAsync(postgresPort, postgresTokens, options.Seconds);
            rounds.Add((post, stored, storedToo, await Wrk.GetAsync(barePort, options.Seconds), await Wrk.GetAsync(sqlitePort, options.Seconds)));
            await StoredAsync(new SqliteConnection(sqlite), stored, File.ReadLines(sqliteTokens).Count());
            await StoredAsync(new NpgsqlConnection(cluster.ConnectionString), storedToo, File.ReadLines(postgresTokens).Count());
        }

        double memory = onSqlite.Memory("VmRSS");
        double perSecond = options.Devices / 300.0;
        int seconds = options.Quick ? 5 : 30;
        Say($"{perSecond:N0} reports a second, as {options.Devices:N0} devices send them, for {seconds} s");
        TimeSpan cpu = onSqlite.Cpu();
        double[] paced = await PacedLoad.RunAsync(sqlitePort, await File.ReadAllLinesAsync(sqliteTokens), perSecond, seconds);
        double used = (onSqlite.Cpu() - cpu).TotalSeconds / seconds;

        Console.WriteLine();
        figures.Bar("report_sqlite_over_bare", Median(rounds.Select(round => round.Sqlite.RequestsPerSecond / round.Bare.RequestsPerSecond)), 0.35, atLeast: true);
        figures.Bar("report_postgres_over_bare", Median(rounds.Select(round => round.Postgres.RequestsPerSecond / round.Bare.RequestsPerSecond)), 0.35, atLeast: true);
        figures.Bar("metadata_over_bare", Median(rounds.Select(round => round.Metadata.RequestsPerSecond / round.BareGet.RequestsPerSecond)), 0.7, atLeast: true);
        figures.Bar("server_memory_mib", memory, 600, atLeast: false);
        figures.Detail("bare_post_per_second", Median(rounds.Select(round => round.Bare.RequestsPerSecond)), "requests/s");
        figures.Detail("report_sqlite_per_second", Median(rounds.Select(round => round.Sqlite.RequestsPerSecond)), "reports/s");
        figures.Detail("report_postgres_per_second", Median(rounds.Select(round => round.Postgres.RequestsPerSecond)), "reports/s");
        figures.Detail("bare_get_per_second", Median(rounds.Select(round => round.BareGet.RequestsPerSecond)), "requests/s");
        figures.Detail("metadata_per_second", Median(rounds.Select(round => round.Metadata.RequestsPerSecond)), "requests/s");
        figures.Detail("report_sqlite_p99_full_load", Median(rounds.Select(round => round.Sqlite.P99Milliseconds)), "ms");
        figures.Detail("report_postgres_p99_full_load", Median(rounds.Select(round => round.Postgres.P99Milliseconds)), "ms");
        figures.Detail("paced_reports_per_second", perSecond, "reports/s");
        figures.Detail("paced_p50", paced[paced.Length / 2], "ms");
        figures.Detail("paced_p99", paced[(int)(paced.Length * 0.99)], "ms");
        figures.Detail("paced_server_processors", used, "of 1 processor");
        figures.Detail("sqlite_bytes_per_device", sqliteBytes, "bytes");
        figures.Detail("postgres_bytes_per_device", postgresBytes, "bytes");
        figures.Detail("server_memory_peak_mib", onSqlite.Memory("VmHWM"), "MiB");
    }

    private async Task<IReadOnlyList<ScalePoint>> GrowAsync()
    {
        var points = new List<ScalePoint>();
        foreach (int devices in options.Sizes.Where(size => size <= options.Devices))
        {
            Say($"{devices:N0} devices");
            string database = Sqlite($"scale-{devices}");
            string tokens = Path.Combine(_folder, $"scale-{devices}-tokens");
            await Seeder.SeedAsync(database, devices, tokens);
            double bytes = new FileInfo(Path.Combine(_folder, $"scale-{devices}.db")).Length / (double)devices;
            ViewFigures view = JsonSerializer.Deserialize<ViewFigures>(await ChildProcess.OutputAsync("dotnet", "exec", OwnProgram, "view", database))!;
            int port = ChildProcess.FreePort();
            using ChildProcess server = await ServerAsync(port, database, $"scale-{devices}-state");
            await Wrk.ReportsAsync(port, tokens, options.WarmUp);
            Wrk.Load load = await Wrk.ReportsAsync(port, tokens, options.Seconds);
            points.Add(new ScalePoint(devices, view.Evidence, view.Load, server.Memory("VmRSS"), load.RequestsPerSecond, bytes));
            _view = view;
        }

        return points;
    }

    private ViewFigures? _view;

    private void Report(Figures figures, IReadOnlyList<ScalePoint> points)
    {
        Console.WriteLine();
        figures.Bar("evidence_seconds", _view!.Evidence / 1000, 1, atLeast: false);
        figures.Detail("evidence_worst", _view.EvidenceWorst, "ms");
        figures.Detail("evidence_devices", _view.Devices, "devices");
        figures.Detail("positions_of_a_release", _view.First, "ms, once for each release");
        figures.Detail("positions_sorted", _view.Sorted, $"ms, {_view.Largest:N0} devices");
        figures.Detail("view_memory", _view.MemoryMiB, "MiB, with a rollout under way");
        figures.Detail("view_load", _view.Load, "ms, once at the start");
        Console.WriteLine("\n   devices  evidence ms   load ms  memory MiB  reports/s  bytes/device");
        foreach (ScalePoint point in points)
        {
            Console.WriteLine($"{point.Devices,10:N0} {point.EvidenceMilliseconds,12:0.0} {point.LoadMilliseconds,9:0} {point.MemoryMiB,11:0} {point.ReportsPerSecond,10:N0} {point.BytesPerDevice,13:0}");
            figures.Detail($"evidence_ms_{point.Devices}", point.EvidenceMilliseconds, "ms");
            figures.Detail($"memory_mib_{point.Devices}", point.MemoryMiB, "MiB");
            figures.Detail($"reports_per_second_{point.Devices}", point.ReportsPerSecond, "reports/s");
        }
    }

    private string Sqlite(string name) => $"Data Source={Path.Combine(_folder, $"{name}.db")}";

    private Task<ChildProcess> ServerAsync(int port, string database, string state) =>
        ChildProcess.ListenAsync(ServerProgram, "--urls", $"http://127.0.0.1:{port}", "--state", Path.Combine(_folder, state), "--database", database);

    /// <summary>The control: what was answered is in the database, or the rate is the rate of something else.</summary>
    private static async Task StoredAsync(System.Data.Common.DbConnection connection, Wrk.Load load, int senders)
    {
        await using (connection)
        {
            await connection.OpenAsync();
            await using System.Data.Common.DbCommand command = connection.CreateCommand();
            command.CommandText = $"SELECT COUNT(*) FROM health_states WHERE sequence > {load.FirstSequence.ToString(CultureInfo.InvariantCulture)}";
            long stored = Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
            long expected = Math.Min(load.Requests, senders);
            if (stored < expected)
            {
                throw new BenchException($"{load.Requests} reports of {senders} devices were answered, and only {stored} rows have them");
            }
        }
    }

    private static async Task<double> SizeAsync(PostgresCluster cluster)
    {
        await using var connection = new NpgsqlConnection(cluster.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT pg_database_size('postgres')", connection);
        return Convert.ToDouble(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static void Say(string words) => Console.Error.WriteLine(words);
}
