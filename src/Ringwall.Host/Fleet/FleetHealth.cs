using System.Globalization;
using Ringwall.Wire.Fleet;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Fleet;

// Owns:    what was seen at the last report.
// Threads: Struck from any; the rest by the door's thread.

/// <summary>
/// How the host is, and what of that counts as harm. Each measure is a yes or no by a bound that stands here and nowhere else, so that a release cannot choose what it is held to.
/// </summary>
internal sealed class FleetHealth(FleetMachine machine, TimeProvider clock)
{
    /// <summary>Verdicts by the fallback between two reports, above which a device counts as harmed: fewer are a busy moment.</summary>
    public const long FallbackVerdicts = 10;

    /// <summary>Thousandths of a processor that host and sensors may use between two reports.</summary>
    public const int ProcessorPermille = 500;

    /// <summary>Mebibytes that one sensor may take.</summary>
    public const int SensorMemory = 400;

    /// <summary>Microseconds within which 99 of 100 asks are answered.</summary>
    public const long LatencyMicroseconds = 50_000;

    // Fewer asks than this say nothing about a 99th percentile.
    private const long LeastAsks = 1000;

    private long _strikes;
    private long _quarantines;
    private long _fallbacks;
    private TimeSpan _used;
    private long _at = clock.GetTimestamp();
    private bool _begun;

    /// <summary>A sensor in service failed.</summary>
    public void Struck() => Interlocked.Increment(ref _strikes);

    /// <summary>A generation was taken out of service.</summary>
    public void Quarantined() => Interlocked.Increment(ref _quarantines);

    /// <summary>Takes the counters, and what of them is a harm since the last time.</summary>
    /// <param name="releaseOf">The release that a sensor's generation in service came with; null for none.</param>
    /// <param name="harms">To which harms are added.</param>
    public DeviceHealth Take(Func<string, string?> releaseOf, Action<HarmReport> harms)
    {
        HostStatus status = machine.Status();
        TimeSpan used = machine.ProcessorTime();
        TimeSpan passed = clock.GetElapsedTime(_at);
        int permille = passed > TimeSpan.Zero ? (int)Math.Clamp(1000 * (used - _used).TotalSeconds / passed.TotalSeconds, 0, 1_000_000) : 0;
        long fallbacks = status.Asks.Sum(asks => asks.ByFallback);
        long asks = status.Asks.Sum(asked => asked.Asked);
        long p99 = (long)status.Asks.Select(asked => asked.Latency).Where(latency => latency.Count > 0).Select(latency => latency.P99).DefaultIfEmpty(0).Max();
        if (_begun)
        {
            Count(fallbacks - _fallbacks >= FallbackVerdicts, HarmMeasure.FallbackVerdicts, null, $"{fallbacks - _fallbacks} verdicts by the fallback");
            Count(permille > ProcessorPermille, HarmMeasure.ProcessorTime, null, $"{permille} thousandths of a processor");
            Count(p99 > LatencyMicroseconds && asks >= LeastAsks, HarmMeasure.Latency, null, $"99 of 100 asks within {p99} µs");
            foreach (SensorStatus sensor in status.Sensors.Where(one => one.MemoryMb > SensorMemory))
            {
                Count(true, HarmMeasure.Memory, releaseOf(sensor.Name), string.Create(CultureInfo.InvariantCulture, $"{sensor.Name} takes {sensor.MemoryMb:F0} MiB"));
            }
        }

        (_fallbacks, _used, _at, _begun) = (fallbacks, used, clock.GetTimestamp(), true);
        return new DeviceHealth
        {
            Asks = asks,
            Denied = status.Asks.Sum(asked => asked.Denied),
            HeldDenials = status.Sensors.Sum(sensor => sensor.NotApplied),
            FallbackVerdicts = fallbacks,
            Strikes = Interlocked.Read(ref _strikes),
            Quarantines = Interlocked.Read(ref _quarantines),
            Undone = machine.Undone(),
            CpuPermille = permille,
            MemoryMiB = (int)(status.Sensors.Sum(sensor => sensor.MemoryMb ?? 0) + (Environment.WorkingSet / 1048576.0)),
            AskP99Us = p99,
        };

        void Count(bool isHarm, string measure, string? release, string detail)
        {
            if (isHarm)
            {
                harms(new HarmReport { Measure = measure, Release = release, At = clock.GetUtcNow().ToUnixTimeMilliseconds(), Detail = detail });
            }
        }
    }
}
