using System.Net.Http.Json;
using Ringwall.Server.Access;
using Ringwall.Server.Tests.Grounds;

namespace Ringwall.Server.Tests.Running;

public sealed class OtlpTests(SqliteGround ground) : IClassFixture<SqliteGround>
{
    [Fact]
    public async Task Metrics_and_a_trace_of_each_request_reach_a_collector()
    {
        await using Collector collector = await Collector.StartAsync();
        await using (RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync(), with: options => options with { Otlp = collector.Address }))
        {
            using HttpClient auditor = await server.ClientAsync([Role.Auditor]);
            (await auditor.GetAsync("/api/v1/audit?limit=x")).Dispose();
            (await auditor.GetFromJsonAsync<object>("/api/v1/me"))!.ToString();
            (await auditor.GetAsync("/sign-in/link/tell-nobody?code=tell-nobody")).Dispose();
        }

        // A server that ends sends what it has.
        foreach (string name in (string[])["http.server.request.duration", "ringwall.problems", "kestrel.active_connections", "dotnet.gc.collections"])
        {
            Assert.True(collector.Metrics.ContainsKey(name), $"{name} is not among {string.Join(", ", collector.Metrics.Keys.Order())}");
        }

        string spans = string.Join('\n', collector.Spans.Select(span => $"{span.Name}: {string.Join(", ", span.Attributes)}"));
        Assert.True(collector.Spans.Any(span => span.Name == "GET /api/v1/me" && span.Attributes.GetValueOrDefault("http.route") == "/api/v1/me"), spans);
        Assert.Contains("GET /api/v1/audit", spans, StringComparison.Ordinal);
        Assert.Contains("GET /sign-in/link/{token}", spans, StringComparison.Ordinal);
        Assert.DoesNotContain("tell-nobody", spans, StringComparison.Ordinal);
        Assert.Equal(["ringwall-server"], collector.Services.Keys);
    }
}
