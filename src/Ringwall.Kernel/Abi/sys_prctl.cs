using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>sys/prctl.h and linux/securebits.h; prctl(2), capabilities(7).</summary>
[CHeaders("sys/prctl.h", "linux/securebits.h")]
internal static partial class sys_prctl
{
    public const int PR_SET_PDEATHSIG = 1;
    public const int PR_GET_PDEATHSIG = 2;
    public const int PR_GET_DUMPABLE = 3;
    public const int PR_SET_NAME = 15;
    public const int PR_GET_NAME = 16;
    public const int PR_SET_SECCOMP = 22;
    public const int PR_CAPBSET_READ = 23;
    public const int PR_CAPBSET_DROP = 24;
    public const int PR_SET_SECUREBITS = 28;
    public const int PR_SET_TIMERSLACK = 29;
    public const int PR_GET_TIMERSLACK = 30;
    public const int PR_SET_NO_NEW_PRIVS = 38;
    public const int PR_GET_NO_NEW_PRIVS = 39;
    public const int PR_CAP_AMBIENT = 47;
    public const int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    public const int PR_SET_VMA = 0x5356_4d41;
    public const int SECBIT_NOROOT = 1 << 0;
    public const int SECBIT_NOROOT_LOCKED = 1 << 1;
    public const int SECBIT_KEEP_CAPS_LOCKED = 1 << 5;
    public const int SECBIT_NO_CAP_AMBIENT_RAISE = 1 << 6;
    public const int SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED = 1 << 7;

    // prctl is variadic in C; with integer arguments the call is the same on x86-64 and on arm64 Linux.
    [LibraryImport("libc", SetLastError = true)]
    public static partial int prctl(int option, nint arg2, nint arg3, nint arg4, nint arg5);
}
