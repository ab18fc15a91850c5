using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.libc_sched;

namespace Ringwall.Kernel.Scheduling;

/// <summary>How the calling thread competes for a processor. sched(7).</summary>
public static unsafe class Urgency
{
    /// <summary>
    /// The calling thread runs before every ordinary thread. Only for threads that do little and then sleep. Without the right
    /// (CAP_SYS_NICE, or RLIMIT_RTPRIO) the thread stays ordinary and false is returned.
    /// </summary>
    /// <param name="rank">Among those that run first, the higher goes before the lower: 1 to 99.</param>
    public static bool TryRunFirst(int rank = 1)
    {
        sched_param param = new() { sched_priority = rank };
        return sched_setscheduler(0, SCHED_RR, &param) == 0;
    }

    /// <summary>The calling thread gets a larger share than ordinary threads: nice -10. False without the right.</summary>
    public static bool TryPrefer() => setpriority(PRIO_PROCESS, 0, -10) == 0;

    /// <summary>The calling thread leaves the processor to ordinary threads: nice 10. False when the kernel refuses.</summary>
    public static bool TryStandBack() => setpriority(PRIO_PROCESS, 0, 10) == 0;

    /// <summary>Raises the soft limit of open descriptors to the hard one. Gives the limit in force. getrlimit(2).</summary>
    public static int RaiseDescriptorLimit()
    {
        rlimit limit;
        if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        {
            KernelException.Throw("getrlimit(RLIMIT_NOFILE)");
        }

        rlimit raised = new() { rlim_cur = Math.Min(limit.rlim_max, 65_536), rlim_max = limit.rlim_max };
        return (int)(setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur);
    }
}
