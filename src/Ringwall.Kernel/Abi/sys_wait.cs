using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>sys/wait.h.</summary>
[CHeaders("sys/wait.h")]
internal static partial class sys_wait
{
    public const int P_PID = 1;
    public const int P_PIDFD = 3;
    public const int WNOHANG = 1;
    public const int WEXITED = 4;
    public const int CLD_EXITED = 1;
    public const int CLD_KILLED = 2;
    public const int CLD_DUMPED = 3;

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int waitid(int idtype, uint id, siginfo_child* info, int options);
}

/// <summary>siginfo_t as waitid(2) fills it; the rest of the union is padding.</summary>
[CStruct("siginfo_t", "signal.h")]
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct siginfo_child
{
    [FieldOffset(0)]
    public int si_signo;

    [FieldOffset(4)]
    public int si_errno;

    [FieldOffset(8)]
    public int si_code;

    [FieldOffset(16)]
    public int si_pid;

    [FieldOffset(20)]
    public uint si_uid;

    [FieldOffset(24)]
    public int si_status;
}
