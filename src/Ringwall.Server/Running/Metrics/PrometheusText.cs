using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Ringwall.Server.Access;

namespace Ringwall.Server.Running.Metrics;

/// <summary>GET /metrics: everything that is published, in Prometheus' text format. For programs on this machine, and for people who may look at the fleet.</summary>
internal sealed class PrometheusText : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();

    public PrometheusText(IMeterFactory factory)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // A meter with a scope is one factory's: that of another server in this process, as in tests, is not ours.
            if (ServerMeter.IsPublished(instrument.Meter.Name) && (instrument.Meter.Scope is null || instrument.Meter.Scope == factory))
            {
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument, Family));
            }
        };
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, family) => ((MetricFamily)family!).Measure(value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, family) => ((MetricFamily)family!).Measure(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => ((MetricFamily)family!).Measure(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((MetricFamily)family!).Measure(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, family) => ((MetricFamily)family!).Measure(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((MetricFamily)family!).Measure(value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, family) => ((MetricFamily)family!).Measure((double)value, tags));
        _listener.Start();
    }

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/metrics", GetAsync).AllowAnonymous().ExcludeFromDescription();

    public string Write()
    {
        _listener.RecordObservableInstruments();
        StringBuilder text = new();
        // Two meters may have an instrument of the same name; Prometheus wants each once.
        foreach (MetricFamily family in _families.Values.DistinctBy(family => family.Name).OrderBy(family => family.Name, StringComparer.Ordinal))
        {
            family.WriteTo(text);
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private static async Task<IResult> GetAsync(PrometheusText metrics, IAuthorizationService authorization, HttpContext context) =>
        IsOfThisMachine(context) || (await authorization.AuthorizeAsync(context.User, Policies.Oversee).ConfigureAwait(false)).Succeeded
            ? TypedResults.Text(metrics.Write(), "text/plain; version=0.0.4; charset=utf-8")
            : Problems.Of(ProblemType.NotAllowed, "metrics are for this machine and for people who may look at the fleet");

    /// <summary>
    /// The connection is from this machine and is nobody else's who is passed on, and the name that was asked for is this machine's: a page in a browser here
    /// whose own name leads to 127.0.0.1 asks for another one.
    /// </summary>
    private static bool IsOfThisMachine(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !context.Request.Headers.Keys.Any(name => name.StartsWith("X-Forwarded", StringComparison.OrdinalIgnoreCase) || name is "Forwarded" or "Via" or "X-Real-IP")
        && context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]";

    private static MetricFamily Family(Instrument instrument) => new(instrument, FormOf(instrument), (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray());

    private static MetricForm FormOf(Instrument instrument)
    {
        string kind = instrument.GetType().Name;
        return kind switch
        {
            _ when kind.StartsWith("Histogram", StringComparison.Ordinal) => MetricForm.Histogram,
            _ when kind.StartsWith("Counter", StringComparison.Ordinal) => MetricForm.Counter,
            _ when kind.StartsWith("ObservableCounter", StringComparison.Ordinal) => MetricForm.CounterTotal,
            _ when kind.StartsWith("UpDownCounter", StringComparison.Ordinal) => MetricForm.UpDown,
            _ => MetricForm.Gauge,
        };
    }
}
