using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.sys_resource;

namespace Ringwall.Kernel.Processes;

/// <summary>Limits of a process that its children inherit. getrlimit(2).</summary>
public static unsafe class ProcessLimits
{
    /// <summary>Sets soft and hard limit of the calling process, so that it cannot be raised again without a right.</summary>
    /// <exception cref="KernelException">Above the hard limit, and the right to raise it is missing (CAP_SYS_RESOURCE).</exception>
    public static void Set(LimitKind kind, ulong value)
    {
        rlimit limit = new() { rlim_cur = value, rlim_max = value };
        if (libc_sched.setrlimit((int)kind, &limit) != 0)
        {
            KernelException.Throw($"setrlimit({kind}, {value})", "Raise the hard limit of the service that starts the host, or lower the sensor's.");
        }
    }

    /// <summary>The hard limit in force.</summary>
    public static ulong Hard(LimitKind kind)
    {
        rlimit limit;
        if (libc_sched.getrlimit((int)kind, &limit) != 0)
        {
            KernelException.Throw($"getrlimit({kind})");
        }

        return limit.rlim_max;
    }
}
