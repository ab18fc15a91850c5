using System.Diagnostics;
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

    /// <summary>Has the framework say of each request's span which request it was, by the words of OpenTelemetry; by itself it leaves that out. Only before the first server is built.</summary>
    public static void NameRequests() => AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);

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
            .AddProcessor(new WithoutSecrets())
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

    // A sign-in link is a secret for as long as it has not been followed, and its path is all of it.
    private sealed class WithoutSecrets : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            if (data.GetTagItem("http.route") is string route && route.Contains("{token}", StringComparison.Ordinal))
            {
                data.SetTag("url.path", route);
            }
        }
    }

    private static void Name(ResourceBuilder resource) => resource.AddService("ringwall-server");
}
