using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ringwall.Wire.Fleet;

namespace Ringwall.Bench.Server;

/// <summary>
/// What Kestrel does for the same bytes when nobody looks at the token and nothing is stored: reads the same JSON into the same records, answers the same reply; and the same file from memory.
/// </summary>
internal static class BareEndpoint
{
    public static byte[] Metadata { get; } = System.Text.Encoding.UTF8.GetBytes(
        $$$"""{"signatures":[{"keyid":"{{{new string('a', 64)}}}","sig":"{{{new string('b', 142)}}}"}],"signed":{"_type":"timestamp","expires":"2036-11-30T00:00:00Z","meta":{"snapshot.json":{"hashes":{"sha256":"{{{new string('c', 64)}}}"},"length":1234,"version":77}},"spec_version":"1.0.34","version":4711}}""");

    public static async Task RunAsync(int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, FleetJson.Wire));
        WebApplication app = builder.Build();
        app.Urls.Add($"http://127.0.0.1:{port}");
        app.MapPost("/api/v1/device/reports", (ReportBatch batch) => new ReportReply(batch.Reports[^1].Sequence));
        app.MapGet("/director/timestamp.json", async (HttpContext context) =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = Metadata.Length;
            await context.Response.BodyWriter.WriteAsync(Metadata);
        });
        await app.StartAsync();
        Console.WriteLine("listens");
        await app.WaitForShutdownAsync();
    }
}
