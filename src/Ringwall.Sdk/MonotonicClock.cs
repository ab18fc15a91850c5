using System.Diagnostics;

namespace Ringwall.Sdk;

/// <summary>CLOCK_MONOTONIC in nanoseconds, which deadlines are given in.</summary>
internal static class MonotonicClock
{
    // On Linux Stopwatch is clock_gettime(CLOCK_MONOTONIC) with a frequency of 1e9; a test compares it with /proc/uptime.
    public static ulong Now => (ulong)Stopwatch.GetTimestamp();

    public static TimeSpan Until(ulong deadline) => TimeSpan.FromTicks((long)(deadline - Now) / 100);
}
