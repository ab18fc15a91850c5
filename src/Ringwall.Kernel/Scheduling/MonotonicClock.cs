using System.Diagnostics;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.libc_sched;

namespace Ringwall.Kernel.Scheduling;

/// <summary>CLOCK_MONOTONIC, in nanoseconds. clock_gettime(2).</summary>
public static unsafe class MonotonicClock
{
    /// <summary>Nanoseconds. Stopwatch reads this very clock on Linux, through the vDSO, in the same unit.</summary>
    public static long NowNs => Stopwatch.GetTimestamp();

    /// <summary>Waits until the clock shows <paramref name="ns"/>. A signal ends the wait early.</summary>
    public static void SleepUntil(long ns)
    {
        timespec until = new() { tv_sec = ns / 1_000_000_000, tv_nsec = ns % 1_000_000_000 };
        _ = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, null);
    }
}
