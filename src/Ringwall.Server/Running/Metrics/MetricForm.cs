namespace Ringwall.Server.Running.Metrics;

/// <summary>What an instrument's measurements mean.</summary>
internal enum MetricForm
{
    /// <summary>Each is added to what only grows.</summary>
    Counter,

    /// <summary>Each is the whole of what only grows.</summary>
    CounterTotal,

    /// <summary>Each is added to what goes up and down.</summary>
    UpDown,

    /// <summary>Each is the value.</summary>
    Gauge,

    Histogram,
}
