using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Ringwall.Server.Tests.Running;

/// <summary>
/// What a collector is on the wire: gRPC over HTTP/2 without TLS (grpc.io, PROTOCOL-HTTP2), two methods, and as much of OTLP's messages as names what came
/// (opentelemetry-proto, metrics/v1 and trace/v1; the numbers are its field numbers).
/// </summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Collector(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public ConcurrentDictionary<string, bool> Metrics { get; } = new();

    /// <summary>Each span's name, with those of its attributes that are texts.</summary>
    public ConcurrentQueue<(string Name, Dictionary<string, string> Attributes)> Spans { get; } = new();

    public ConcurrentDictionary<string, bool> Services { get; } = new();

    public static async Task<Collector> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        Collector collector = new(builder.Build());
        collector.Take("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", collector.TakeMetrics);
        collector.Take("/opentelemetry.proto.collector.trace.v1.TraceService/Export", collector.TakeSpans);
        await collector._app.StartAsync();
        return collector;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private void Take(string method, Action<byte[]> take) => _app.MapPost(method, async context =>
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        byte[] frame = body.ToArray();
        // One byte says whether it is compressed, four how long it is.
        Assert.Equal(0, frame[0]);
        Assert.Equal(frame.Length - 5, BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(1)));
        take(frame[5..]);
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    });

    private void TakeMetrics(byte[] request)
    {
        TakeServices(request);
        foreach (byte[] name in Find(request, 1, 2, 2, 1))
        {
            Metrics[Encoding.UTF8.GetString(name)] = true;
        }
    }

    private void TakeSpans(byte[] request)
    {
        TakeServices(request);
        foreach (byte[] span in Find(request, 1, 2, 2))
        {
            Spans.Enqueue((Encoding.UTF8.GetString(Find(span, 5).Single()), Attributes(span, 9)));
        }
    }

    private void TakeServices(byte[] request)
    {
        foreach (byte[] resource in Find(request, 1, 1))
        {
            Services[Attributes(resource, 1).GetValueOrDefault("service.name", "")] = true;
        }
    }

    private static Dictionary<string, string> Attributes(byte[] message, int field) => Find(message, field)
        .Select(pair => (Key: Encoding.UTF8.GetString(Find(pair, 1).Single()), Value: Find(pair, 2, 1).Select(Encoding.UTF8.GetString).FirstOrDefault()))
        .Where(pair => pair.Value is not null)
        .ToDictionary(pair => pair.Key, pair => pair.Value!);

    // Every field at the end of a path of field numbers, each of which is a message or a text (protobuf.dev, encoding).
    private static IEnumerable<byte[]> Find(byte[] message, params int[] path)
    {
        for (int at = 0; at < message.Length;)
        {
            ulong tag = Number(message, ref at);
            switch (tag & 7)
            {
                case 0:
                    Number(message, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    int length = (int)Number(message, ref at);
                    byte[] inside = message[at..(at + length)];
                    at += length;
                    if ((int)(tag >> 3) == path[0])
                    {
                        foreach (byte[] found in path.Length == 1 ? [inside] : Find(inside, path[1..]))
                        {
                            yield return found;
                        }
                    }

                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"wire type {tag & 7}");
            }
        }
    }

    private static ulong Number(byte[] message, ref int at)
    {
        ulong number = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = message[at++];
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return number;
            }
        }
    }
}
