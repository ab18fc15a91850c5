using System.Runtime.InteropServices;
using Intel = Ringwall.Kernel.Abi.asm_unistd_x86_64;
using Arm = Ringwall.Kernel.Abi.asm_unistd_arm64;

namespace Ringwall.Kernel.Seccomp;

/// <summary>
/// The system calls that a sensor may make without a look at their arguments. What is not here and not in <see cref="SensorFilter"/>
/// is refused. Left out on purpose, because they reach beyond the sensor although it holds only read-only descriptors:
/// flock (an exclusive lock needs no right to write, and the file may be a lock that the machine waits for), fsync, utimensat and
/// fsetxattr (work on a descriptor opened for reading), splice and vmsplice, mincore, links, device nodes and everything that makes a socket. What changes
/// files is here for the scratch folder's sake: everywhere else mounts, user and Landlock stand in the way.
/// </summary>
internal static class SensorCalls
{
    private const int None = -1;

    private static readonly (int X64, int Arm64)[] Plain =
    [
        // Its own descriptors, and reading its own files.
        (Intel.__NR_read, Arm.__NR_read), (Intel.__NR_readv, Arm.__NR_readv), (Intel.__NR_pread64, Arm.__NR_pread64), (Intel.__NR_preadv, Arm.__NR_preadv),
        (Intel.__NR_write, Arm.__NR_write), (Intel.__NR_writev, Arm.__NR_writev), (Intel.__NR_open, None), (Intel.__NR_openat, Arm.__NR_openat),
        (Intel.__NR_close, Arm.__NR_close), (Intel.__NR_close_range, Arm.__NR_close_range), (Intel.__NR_lseek, Arm.__NR_lseek),
        (Intel.__NR_fstat, Arm.__NR_fstat), (Intel.__NR_stat, None), (Intel.__NR_lstat, None), (Intel.__NR_newfstatat, Arm.__NR_newfstatat),
        (Intel.__NR_statx, Arm.__NR_statx), (Intel.__NR_statfs, Arm.__NR_statfs), (Intel.__NR_fstatfs, Arm.__NR_fstatfs), (Intel.__NR_access, None),
        (Intel.__NR_faccessat, Arm.__NR_faccessat), (Intel.__NR_faccessat2, Arm.__NR_faccessat2), (Intel.__NR_readlink, None),
        (Intel.__NR_readlinkat, Arm.__NR_readlinkat), (Intel.__NR_getdents64, Arm.__NR_getdents64), (Intel.__NR_getcwd, Arm.__NR_getcwd),
        (Intel.__NR_chdir, Arm.__NR_chdir), (Intel.__NR_dup, Arm.__NR_dup), (Intel.__NR_dup2, None), (Intel.__NR_dup3, Arm.__NR_dup3),
        (Intel.__NR_pipe, None), (Intel.__NR_pipe2, Arm.__NR_pipe2),

        // Its scratch folder.
        (Intel.__NR_pwrite64, Arm.__NR_pwrite64), (Intel.__NR_ftruncate, Arm.__NR_ftruncate), (Intel.__NR_mkdir, None), (Intel.__NR_mkdirat, Arm.__NR_mkdirat),
        (Intel.__NR_rmdir, None), (Intel.__NR_unlink, None), (Intel.__NR_unlinkat, Arm.__NR_unlinkat), (Intel.__NR_rename, None),
        (Intel.__NR_renameat, None), (Intel.__NR_renameat2, Arm.__NR_renameat2),

        // Its memory.
        (Intel.__NR_mmap, Arm.__NR_mmap), (Intel.__NR_munmap, Arm.__NR_munmap), (Intel.__NR_mprotect, Arm.__NR_mprotect), (Intel.__NR_mremap, Arm.__NR_mremap),
        (Intel.__NR_madvise, Arm.__NR_madvise), (Intel.__NR_brk, Arm.__NR_brk), (Intel.__NR_membarrier, Arm.__NR_membarrier),
        (Intel.__NR_mlock, Arm.__NR_mlock), (Intel.__NR_munlock, Arm.__NR_munlock), (Intel.__NR_get_mempolicy, Arm.__NR_get_mempolicy),

        // Its threads, processes and signals. In its own pid namespace there is nobody else to signal.
        (Intel.__NR_futex, Arm.__NR_futex), (Intel.__NR_set_robust_list, Arm.__NR_set_robust_list), (Intel.__NR_rseq, Arm.__NR_rseq),
        (Intel.__NR_set_tid_address, Arm.__NR_set_tid_address), (Intel.__NR_arch_prctl, None), (Intel.__NR_sigaltstack, Arm.__NR_sigaltstack),
        (Intel.__NR_rt_sigaction, Arm.__NR_rt_sigaction), (Intel.__NR_rt_sigprocmask, Arm.__NR_rt_sigprocmask),
        (Intel.__NR_rt_sigreturn, Arm.__NR_rt_sigreturn), (Intel.__NR_rt_sigpending, Arm.__NR_rt_sigpending),
        (Intel.__NR_rt_sigsuspend, Arm.__NR_rt_sigsuspend), (Intel.__NR_rt_sigtimedwait, Arm.__NR_rt_sigtimedwait),
        (Intel.__NR_restart_syscall, Arm.__NR_restart_syscall), (Intel.__NR_kill, Arm.__NR_kill), (Intel.__NR_tgkill, Arm.__NR_tgkill),
        (Intel.__NR_tkill, Arm.__NR_tkill), (Intel.__NR_fork, None), (Intel.__NR_vfork, None), (Intel.__NR_exit, Arm.__NR_exit),
        (Intel.__NR_exit_group, Arm.__NR_exit_group), (Intel.__NR_wait4, Arm.__NR_wait4), (Intel.__NR_waitid, Arm.__NR_waitid),
        (Intel.__NR_getpid, Arm.__NR_getpid), (Intel.__NR_getppid, Arm.__NR_getppid), (Intel.__NR_gettid, Arm.__NR_gettid), (Intel.__NR_getpgrp, None),
        (Intel.__NR_getpgid, Arm.__NR_getpgid), (Intel.__NR_getsid, Arm.__NR_getsid), (Intel.__NR_getuid, Arm.__NR_getuid),
        (Intel.__NR_geteuid, Arm.__NR_geteuid), (Intel.__NR_getgid, Arm.__NR_getgid), (Intel.__NR_getegid, Arm.__NR_getegid),
        (Intel.__NR_getresuid, Arm.__NR_getresuid), (Intel.__NR_getresgid, Arm.__NR_getresgid), (Intel.__NR_getgroups, Arm.__NR_getgroups),

        // The launcher's own last call, so it cannot be taken away. It finds nothing to execute but the sensor's own files.
        (Intel.__NR_execve, Arm.__NR_execve),

        // What it may know and ask of the scheduler.
        (Intel.__NR_getrlimit, Arm.__NR_getrlimit), (Intel.__NR_getrusage, Arm.__NR_getrusage), (Intel.__NR_times, Arm.__NR_times),
        (Intel.__NR_sysinfo, Arm.__NR_sysinfo), (Intel.__NR_uname, Arm.__NR_uname), (Intel.__NR_getcpu, Arm.__NR_getcpu),
        (Intel.__NR_sched_yield, Arm.__NR_sched_yield), (Intel.__NR_sched_getaffinity, Arm.__NR_sched_getaffinity),
        (Intel.__NR_sched_setaffinity, Arm.__NR_sched_setaffinity), (Intel.__NR_sched_getscheduler, Arm.__NR_sched_getscheduler),
        (Intel.__NR_sched_setscheduler, Arm.__NR_sched_setscheduler), (Intel.__NR_sched_getparam, Arm.__NR_sched_getparam),
        (Intel.__NR_sched_get_priority_max, Arm.__NR_sched_get_priority_max), (Intel.__NR_sched_get_priority_min, Arm.__NR_sched_get_priority_min),
        (Intel.__NR_getpriority, Arm.__NR_getpriority),

        // Time, chance, waiting.
        (Intel.__NR_clock_gettime, Arm.__NR_clock_gettime), (Intel.__NR_clock_getres, Arm.__NR_clock_getres),
        (Intel.__NR_clock_nanosleep, Arm.__NR_clock_nanosleep), (Intel.__NR_nanosleep, Arm.__NR_nanosleep), (Intel.__NR_gettimeofday, Arm.__NR_gettimeofday),
        (Intel.__NR_time, None), (Intel.__NR_getrandom, Arm.__NR_getrandom), (Intel.__NR_alarm, None), (Intel.__NR_setitimer, Arm.__NR_setitimer),
        (Intel.__NR_poll, None), (Intel.__NR_ppoll, Arm.__NR_ppoll), (Intel.__NR_select, None), (Intel.__NR_pselect6, Arm.__NR_pselect6),
        (Intel.__NR_epoll_create1, Arm.__NR_epoll_create1), (Intel.__NR_epoll_ctl, Arm.__NR_epoll_ctl), (Intel.__NR_epoll_wait, None),
        (Intel.__NR_epoll_pwait, Arm.__NR_epoll_pwait), (Intel.__NR_epoll_pwait2, Arm.__NR_epoll_pwait2), (Intel.__NR_eventfd2, Arm.__NR_eventfd2),
        (Intel.__NR_timerfd_create, Arm.__NR_timerfd_create), (Intel.__NR_timerfd_settime, Arm.__NR_timerfd_settime),
        (Intel.__NR_timerfd_gettime, Arm.__NR_timerfd_gettime), (Intel.__NR_signalfd4, Arm.__NR_signalfd4),

        // The one socket that it was given.
        (Intel.__NR_recvfrom, Arm.__NR_recvfrom), (Intel.__NR_sendto, Arm.__NR_sendto), (Intel.__NR_recvmsg, Arm.__NR_recvmsg),
        (Intel.__NR_sendmsg, Arm.__NR_sendmsg), (Intel.__NR_recvmmsg, Arm.__NR_recvmmsg), (Intel.__NR_sendmmsg, Arm.__NR_sendmmsg),
        (Intel.__NR_getsockname, Arm.__NR_getsockname), (Intel.__NR_getpeername, Arm.__NR_getpeername), (Intel.__NR_shutdown, Arm.__NR_shutdown),
    ];

    /// <summary>Their numbers on one architecture.</summary>
    public static IEnumerable<int> On(Architecture architecture)
    {
        foreach ((int x64, int arm64) in Plain)
        {
            int number = architecture == Architecture.X64 ? x64 : arm64;
            if (number != None)
            {
                yield return number;
            }
        }
    }
}
