using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Tells;

/// <summary>CLOCK_BOOTTIME: nanoseconds since boot, suspended time included. The kernel's events carry it. clock_gettime(2).</summary>
public static unsafe class BootClock
{
    public static ulong NowNs => Read(libc_time.CLOCK_BOOTTIME);

    /// <summary>What has to be added to a time since boot to have one since 1970. Changes when somebody sets the clock.</summary>
    public static ulong SinceEpochNs => Read(libc_time.CLOCK_REALTIME) - NowNs;

    private static ulong Read(int clock)
    {
        timespec now;

        // SAFETY: one timespec on this stack. Both clocks always exist (Linux 2.6.39).
        _ = libc_time.clock_gettime(clock, &now);
        return ((ulong)now.tv_sec * 1_000_000_000) + (ulong)now.tv_nsec;
    }
}
