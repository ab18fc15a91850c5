using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace Ringwall.Bench.Server;

/// <summary>A fleet that reports every five minutes: requests at their times, whether the answers before have come or not, and latencies counted from when each was due.</summary>
internal static class PacedLoad
{
    private const int Connections = 64;

    /// <summary>Of the beginning, which is not counted: connections are made then, and this program's own code is compiled.</summary>
    private const int SecondsBefore = 5;

    /// <returns>Latencies in milliseconds, in order.</returns>
    public static async Task<double[]> RunAsync(int port, string[] tokens, double perSecond, int seconds)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        int before = (int)(perSecond * SecondsBefore);
        int count = before + (int)(perSecond * seconds);
        double[] latencies = new double[count];
        long began = Stopwatch.GetTimestamp();
        int next = -1;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            int i;
            while ((i = Interlocked.Increment(ref next)) < count)
            {
                TimeSpan due = TimeSpan.FromSeconds(i / perSecond);
                TimeSpan wait = due - Stopwatch.GetElapsedTime(began);
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait);
                }

                await SendAsync(http, tokens[i % tokens.Length], 9_000_000_000 + i);
                latencies[i] = (Stopwatch.GetElapsedTime(began) - due).TotalMilliseconds;
            }
        })));
        double[] counted = latencies[before..];
        Array.Sort(counted);
        return counted;
    }

    private static async Task SendAsync(HttpClient http, string token, long sequence)
    {
        string body = $$$"""
            {"reports":[{"sequence":{{{sequence}}},"at":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"boot":"6f1ed002ab5595859014ebf0951522d9","awakeMinutes":5,"cell":"{{{SeedRows.CellName(1)}}}","host":"0.1.0",
            "releases":[{"path":"acme/yara/content-7.tar.gz","state":"in-service","since":1785000000000,"age":1440,"fallbackAlive":true}],
            "health":{"asks":1200345,"denied":17,"cpuPermille":7,"memoryMiB":112,"askP99Us":88}}]}
            """;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/device/reports") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage answer = await http.SendAsync(request);
        if (!answer.IsSuccessStatusCode)
        {
            throw new BenchException($"a paced report was answered with {(int)answer.StatusCode}");
        }
    }
}
