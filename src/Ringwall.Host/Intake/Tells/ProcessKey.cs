namespace Ringwall.Host.Intake.Tells;

/// <summary>
/// One process for good: its number, which is used again, and when it started. The start is in nanoseconds since boot (suspended time
/// included) but only as fine as /proc/PID/stat shows it, field 22: ticks of 10 ms. So BPF programs, the process connector, /proc and a
/// later host all give one process the same key; the kernel does not hand out a number twice within one tick.
/// </summary>
internal readonly record struct ProcessKey
{
    // USER_HZ is 100 on every architecture that we support (proc_pid_stat(5), sysconf(_SC_CLK_TCK)).
    private const ulong NanosecondsPerTick = 10_000_000;

    private ProcessKey(int pid, ulong startNs)
    {
        Pid = pid;
        StartNs = startNs;
    }

    public int Pid { get; }

    public ulong StartNs { get; }

    /// <param name="pid">The process number (tgid).</param>
    /// <param name="startNs">start_boottime of the kernel's task_struct.</param>
    public static ProcessKey FromBootTime(int pid, ulong startNs) => new(pid, startNs - (startNs % NanosecondsPerTick));

    /// <param name="pid">The process number.</param>
    /// <param name="ticks">Field 22 of /proc/PID/stat.</param>
    public static ProcessKey FromTicks(int pid, ulong ticks) => new(pid, ticks * NanosecondsPerTick);

    public override string ToString() => $"{Pid}@{StartNs / NanosecondsPerTick}";
}
