using System.Runtime.InteropServices;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.linux_sched;
using static Ringwall.Kernel.Abi.sys_prctl;
using Intel = Ringwall.Kernel.Abi.asm_unistd_x86_64;
using Arm = Ringwall.Kernel.Abi.asm_unistd_arm64;

namespace Ringwall.Kernel.Seccomp;

/// <summary>
/// The seccomp filter that every sensor runs under: a list of what is allowed, EPERM for the rest. Once
/// installed it cannot be taken off, and every child inherits it.
/// </summary>
public sealed unsafe class SensorFilter
{
    // A clone that makes a namespace gives capabilities in it (user_namespaces(7)), and with them most of the kernel to attack.
    private const uint NewNamespaces =
        CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

    private static ReadOnlySpan<uint> PrctlOptions =>
    [
        PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_GET_PDEATHSIG, PR_CAPBSET_READ, PR_GET_NO_NEW_PRIVS, PR_SET_TIMERSLACK,
        PR_GET_TIMERSLACK, PR_SET_VMA,
    ];

    // asm-generic/ioctls.h: TCGETS (isatty), TIOCGWINSZ, TIOCOUTQ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX.
    private static ReadOnlySpan<uint> Ioctls => [0x5401, 0x5413, 0x5411, 0x541b, 0x5421, 0x5450, 0x5451];

    // F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC. No locks and no leases: a lock on a file that was handed over to be read
    // makes others wait.
    private static ReadOnlySpan<uint> FcntlCommands => [0, 1, 2, 3, 1030];

    private const uint SetFlags = 4;    // F_SETFL

    // O_ASYNC | O_DIRECT | O_NOATIME. The event's descriptor shares these flags with the host's own, and with other sensors'.
    private static uint SharedFlags(Architecture architecture) =>
        0x2000 | 0x4_0000 | (architecture == Architecture.X64 ? 0x4000u : 0x1_0000u);

    // SOL_SOCKET of asm-generic/socket.h, and what may be asked of it and set. SO_PEERPIDFD would give a handle on the host.
    private const uint SocketLevel = 1;

    private static ReadOnlySpan<uint> SocketOptionsToGet => [3, 4, 7, 8, 13, 20, 21, 30, 38, 39];

    private static ReadOnlySpan<uint> SocketOptionsToSet => [7, 8, 13, 20, 21];

    private readonly sock_filter[] _code;

    private SensorFilter(sock_filter[] code) => _code = code;

    /// <summary>Writes the program for this machine.</summary>
    public static SensorFilter Prepare() => new(For(RuntimeInformation.ProcessArchitecture).Code.ToArray());

    /// <summary>
    /// Puts the calling thread, and all that it will start, under the filter. no_new_privs must be set. The last thing before execve.
    /// </summary>
    /// <exception cref="KernelException">The kernel has no seccomp filters, or refused.</exception>
    public void Install()
    {
        // SAFETY: the program is pinned for the length of the call; the kernel copies it.
        fixed (sock_filter* filter = _code)
        {
            sock_fprog program = new() { len = checked((ushort)_code.Length), filter = filter };
            if (prctl(PR_SET_SECCOMP, linux_seccomp.SECCOMP_MODE_FILTER, (nint)(&program), 0, 0) != 0)
            {
                KernelException.Throw("prctl(PR_SET_SECCOMP)", "The kernel needs CONFIG_SECCOMP_FILTER.");
            }
        }
    }

    internal static FilterProgram For(Architecture architecture)
    {
        if (architecture is not (Architecture.X64 or Architecture.Arm64))
        {
            throw new PlatformNotSupportedException($"There is no list of system calls for {architecture}.");
        }

        bool x64 = architecture == Architecture.X64;
        FilterProgram program = new(architecture);
        foreach (int number in SensorCalls.On(architecture))
        {
            program.Allow(number);
        }

        program.AllowWithout(x64 ? Intel.__NR_clone : Arm.__NR_clone, argument: 0, NewNamespaces);

        // Their flags are behind a pointer, where no filter can look. ENOSYS makes the C library fall back to clone and openat.
        program.Refuse(x64 ? Intel.__NR_clone3 : Arm.__NR_clone3, Errno.ENOSYS);
        program.Refuse(x64 ? Intel.__NR_openat2 : Arm.__NR_openat2, Errno.ENOSYS);

        // Its own limits alone. The .NET runtime sets its soft limit of descriptors and does not start when it may not; a hard limit is
        // raised by nobody without CAP_SYS_RESOURCE.
        program.AllowWhenZero(x64 ? Intel.__NR_prlimit64 : Arm.__NR_prlimit64, argument: 0);
        program.AllowWhenOneOf(x64 ? Intel.__NR_prctl : Arm.__NR_prctl, argument: 0, PrctlOptions);
        program.AllowWhenOneOf(x64 ? Intel.__NR_ioctl : Arm.__NR_ioctl, argument: 1, Ioctls);
        program.AllowWhenOneOfOrWithout(
            x64 ? Intel.__NR_fcntl : Arm.__NR_fcntl, argument: 1, FcntlCommands, SetFlags, (2, SharedFlags(architecture)));
        program.AllowWhenBoth(x64 ? Intel.__NR_getsockopt : Arm.__NR_getsockopt, (1, SocketLevel), argument: 2, SocketOptionsToGet);
        program.AllowWhenBoth(x64 ? Intel.__NR_setsockopt : Arm.__NR_setsockopt, (1, SocketLevel), argument: 2, SocketOptionsToSet);
        program.RefuseTheRest(Errno.EPERM);
        return program;
    }
}
