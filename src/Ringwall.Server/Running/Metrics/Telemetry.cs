using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ringwall.Server.Running.Metrics;

/// <summary>Sends what is published, and a trace of each request, by OTLP where --otlp says so.</summary>
internal sealed class Telemetry(Uri collector) : IHostedService
{
    private MeterProvider? _metrics;
    private TracerProvider? _traces;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(Name)
            .AddMeter([.. ServerMeter.Published, $"{ServerMeter.Prefix}.*"])
            .AddOtlpExporter(Where)
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(Name)
            .AddSource("Microsoft.AspNetCore", "Npgsql")
            .AddOtlpExporter(Where)
            .Build();
        return Task.CompletedTask;
    }

    /// <summary>What is not sent yet goes now, as far as it can.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _metrics?.Dispose();
        _traces?.Dispose();
        return Task.CompletedTask;
    }

    private void Where(OtlpExporterOptions exporter) => exporter.Endpoint = collector;

    private static void Name(ResourceBuilder resource) => resource.AddService("ringwall-server");
}
