using System.Globalization;
using System.Text.RegularExpressions;

namespace Ringwall.Bench.Server;

/// <summary>wrk: one thread, 256 connections (a fleet is many), the same for all sides.</summary>
internal static partial class Wrk
{
    private static long _sequence = 1_000_000_000;

    /// <param name="RequestsPerSecond">Answered.</param>
    /// <param name="P99Milliseconds">Of the time to the answer, under full load.</param>
    /// <param name="Requests">Answered in all.</param>
    /// <param name="FirstSequence">The first sequence that was sent, less one.</param>
    internal sealed record Load(double RequestsPerSecond, double P99Milliseconds, long Requests, long FirstSequence);

    public static Task<Load> ReportsAsync(int port, string tokens, int seconds)
    {
        long first = _sequence;
        _sequence += 50_000_000;
        return RunAsync(first, $"http://127.0.0.1:{port}", seconds, "-s", Path.Combine(AppContext.BaseDirectory, "reports.lua"), "--", tokens, first.ToString(CultureInfo.InvariantCulture));
    }

    public static Task<Load> GetAsync(int port, int seconds) => RunAsync(0, $"http://127.0.0.1:{port}/director/timestamp.json", seconds);

    private static async Task<Load> RunAsync(long first, string url, int seconds, params string[] script)
    {
        // The script's arguments come after the URL; its name before.
        string[] before = script.Length > 0 ? script[..2] : [];
        string[] after = script.Length > 2 ? script[2..] : [];
        string output = await ChildProcess.OutputAsync("wrk", ["-t1", "-c256", $"-d{seconds}s", "--latency", "--timeout", "10s", .. before, url, .. after]);
        if (output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal))
        {
            throw new BenchException($"{url} answered with errors:\n{output}");
        }

        if (output.Contains(" 0 requests in", StringComparison.Ordinal))
        {
            throw new BenchException($"{url} answered nothing in {seconds} s: the machine is too busy to measure anything");
        }

        Match p99 = P99().Match(output);
        double unit = p99.Groups[2].Value switch { "us" => 0.001, "ms" => 1, _ => 1000 };
        return new Load(
            double.Parse(Rate().Match(output).Groups[1].Value, CultureInfo.InvariantCulture),
            double.Parse(p99.Groups[1].Value, CultureInfo.InvariantCulture) * unit,
            long.Parse(Count().Match(output).Groups[1].Value, CultureInfo.InvariantCulture),
            first);
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"99%\s+([\d.]+)(us|ms|s)")]
    private static partial Regex P99();

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Count();
}
