using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>time.h.</summary>
[CHeaders("time.h")]
internal static unsafe partial class libc_time
{
    public const int CLOCK_REALTIME = 0;
    public const int CLOCK_BOOTTIME = 7;

    [LibraryImport("libc")]
    public static partial int clock_gettime(int clockid, timespec* tp);

    // Returns the error; does not set errno.
    [LibraryImport("libc")]
    public static partial int clock_getcpuclockid(int pid, int* clockid);
}
