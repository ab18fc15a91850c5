using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>sched.h, time.h, signal.h, sys/resource.h: what the answering and the deadline thread ask of the scheduler.</summary>
[CHeaders("sched.h", "time.h", "signal.h", "sys/resource.h")]
internal static unsafe partial class libc_sched
{
    public const int SCHED_RR = 2;
    public const int CLOCK_MONOTONIC = 1;
    public const int TIMER_ABSTIME = 1;
    public const int SIGIO = 29;
    public const int RLIMIT_NOFILE = 7;
    public const int PRIO_PROCESS = 0;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int sched_setscheduler(int pid, int policy, sched_param* param);

    [LibraryImport("libc")]
    public static partial int clock_nanosleep(int clockid, int flags, timespec* request, timespec* remain);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint signal(int signum, nint handler);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getrlimit(int resource, rlimit* rlim);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setrlimit(int resource, rlimit* rlim);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setpriority(int which, uint who, int prio);
}

[CStruct("struct sched_param", "sched.h")]
internal struct sched_param
{
    public int sched_priority;
}

[CStruct("struct timespec", "time.h")]
internal struct timespec
{
    public long tv_sec;
    public long tv_nsec;
}

[CStruct("struct rlimit", "sys/resource.h")]
internal struct rlimit
{
    public ulong rlim_cur;
    public ulong rlim_max;
}
