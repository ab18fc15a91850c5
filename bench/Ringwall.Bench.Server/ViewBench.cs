using System.Buffers.Binary;
using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Ringwall.Rollouts;
using Ringwall.Server.Health;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;

namespace Ringwall.Bench.Server;

/// <summary>
/// The fleet's view alone, in a process of its own, on a seeded database: how long it takes to begin, and how long the evidence for one decision takes while a fifth of the fleet reports each minute.
/// A third of the devices run the release, one of a hundred has shown a harm.
/// </summary>
internal static class ViewBench
{
    private const string Release = "acme/yara/content-8.tar.gz";
    private const int Minutes = 11;

    public static async Task RunAsync(string connectionString)
    {
        string state = Directory.CreateTempSubdirectory("ringwall-bench-view-").FullName;
        await using WebApplication server = ServerApplication.Build(new ServerOptions { State = state, Database = connectionString, Urls = ["http://127.0.0.1:0"] });
        FleetView view = server.Services.GetRequiredService<FleetView>();
        Database database = server.Services.GetRequiredService<Database>();
        long before = Stopwatch.GetTimestamp();
        await view.FollowAsync(CancellationToken.None);
        double load = Stopwatch.GetElapsedTime(before).TotalMilliseconds;

        long startedAt = await database.WriteAsync((c, t) => view.RegisterAsync(c, t, Release, 24), CancellationToken.None);
        await database.WriteAsync((c, t) => RunAsync(c, t, startedAt), CancellationToken.None);
        double[] third = new double[view.Cells.Count * FleetCounts.Rings];
        Array.Fill(third, 1 / 3.0);
        var rollout = new RolloutSeen
        {
            Release = Release,
            Salt = "0123456789abcdef"u8.ToArray(),
            StartedAt = startedAt,
            Cells = view.Cells,
            Steps = [new ExposureStep(view.MinuteOf(startedAt) - 30, third)],
        };
        long minute = await view.CatchUpAsync(CancellationToken.None);
        before = Stopwatch.GetTimestamp();
        await view.EvidenceAsync(rollout, minute - 1, minute, CancellationToken.None);
        double first = Stopwatch.GetElapsedTime(before).TotalMilliseconds;

        double[] times = new double[Minutes];
        int watched = 0;
        for (int i = 0; i < Minutes; i++)
        {
            await ReportAsync(database, view.Devices, i);
            before = Stopwatch.GetTimestamp();
            minute = await view.CatchUpAsync(CancellationToken.None);
            FleetEvidence evidence = await view.EvidenceAsync(rollout, minute - 1, minute, CancellationToken.None);
            times[i] = Stopwatch.GetElapsedTime(before).TotalMilliseconds;
            watched = evidence.Fleet.Enrolled.Sum();
        }

        if (watched != view.Devices)
        {
            throw new BenchException($"the evidence is of {watched} devices, and {view.Devices} are enrolled");
        }

        before = Stopwatch.GetTimestamp();
        double[] positions = await view.SortedPositionsAsync(rollout, (int)Ring.Broad * view.Cells.Count, CancellationToken.None);
        double sorted = Stopwatch.GetElapsedTime(before).TotalMilliseconds;
        Array.Sort(times);
        Console.WriteLine(JsonSerializer.Serialize(new ViewFigures(view.Devices, load, first, times[Minutes / 2], times[^1], sorted, positions.Length, Environment.WorkingSet / 1048576.0)));
        Directory.Delete(state, recursive: true);
    }

    private static async Task<bool> RunAsync(DbConnection connection, DbTransaction transaction, long startedAt)
    {
        await using DbCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"""
            INSERT INTO health_runs (release, number, state, state_at, taken_at, ran_at, matured_at, matured_age, fallback, change)
            SELECT 1, number, 4, {startedAt}, {startedAt}, {startedAt}, {startedAt}, 24, 1, 1 FROM health_states WHERE number % 3 = 0;
            INSERT INTO health_harms (number, measure, at, until, times, detail, change)
            SELECT number, 0, {startedAt}, {startedAt}, 1, '', 1 FROM health_states WHERE number % 100 = 7;
            """;
        await command.ExecuteNonQueryAsync();
        return true;
    }

    /// <summary>One minute of a fleet that reports every five: the log as intake leaves it, in groups of 500.</summary>
    private static Task ReportAsync(Database database, int devices, int minute) => database.WriteAsync(
        async (connection, transaction) =>
        {
            int group = Math.Min(500, devices / 5);
            for (int from = 1 + (minute % 5); from + (group * 5) <= devices + 5; from += group * 5)
            {
                byte[] body = new byte[group * 5];
                for (int i = 0; i < group; i++)
                {
                    BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(i * 5), Math.Min(devices, from + (i * 5)));
                }

                await using DbCommand command = connection.CreateCommand();
                command.Transaction = transaction;
                command.CommandText = """
                    UPDATE health_head SET change = change + 1;
                    INSERT INTO health_log (change, at, body) SELECT change, @at, @body FROM health_head;
                    """;
                Add(command, "at", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
                Add(command, "body", body);
                await command.ExecuteNonQueryAsync();
            }
        },
        CancellationToken.None);

    private static void Add(DbCommand command, string name, object value)
    {
        DbParameter parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
