namespace Ringwall.Sdk;

/// <summary>How a sensor is run. The defaults suit most.</summary>
public sealed record SensorOptions
{
    /// <summary>
    /// How many threads judge asks. 0 (the default): the thread that reads the socket judges each ask at once, which is the fastest
    /// way and calls <see cref="Sensor.OnAsk"/> from one thread only. With 1 or more, OnAsk runs on that many threads at the same time;
    /// worth it when one ask can take milliseconds.
    /// </summary>
    public int Workers { get; init; }

    /// <summary>With workers: how many asks may wait for one, 1 or more. An ask beyond that is not answered, and counted as late.</summary>
    public int WaitingAsks { get; init; } = 256;

    /// <summary>How many bytes of tell events may wait for <see cref="Sensor.OnTell(Contract.TellEvent)"/>, at least 64 KiB. What does not fit is lost, counted and told.</summary>
    public int TellQueueBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>A call into the sensor that runs longer than this counts as stuck: health questions are not answered while one does.</summary>
    public TimeSpan StuckAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long running calls and waiting tell events may take to finish after the host said stop, unless it said less.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);
}
