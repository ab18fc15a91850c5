using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Processes;

/// <summary>Processor time of a process, for machines whose control groups do not count it. clock_getcpuclockid(3).</summary>
public static unsafe class ProcessTime
{
    /// <summary>Of all its threads, since it started; its children do not count. Zero when there is no such process.</summary>
    public static TimeSpan Of(int pid)
    {
        int clock;
        timespec time;
        return libc_time.clock_getcpuclockid(pid, &clock) == 0 && libc_time.clock_gettime(clock, &time) == 0
            ? new TimeSpan((time.tv_sec * TimeSpan.TicksPerSecond) + (time.tv_nsec / TimeSpan.NanosecondsPerTick))
            : TimeSpan.Zero;
    }
}
