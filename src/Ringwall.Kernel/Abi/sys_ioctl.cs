using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>sys/ioctl.h and linux/sockios.h.</summary>
[CHeaders("sys/ioctl.h", "linux/sockios.h")]
internal static unsafe partial class sys_ioctl
{
    public const nuint SIOCOUTQ = 0x5411;

    // Variadic in C; with one pointer the call is the same on x86-64 and on arm64 Linux.
    [LibraryImport("libc", SetLastError = true)]
    public static partial int ioctl(int fd, nuint request, void* argument);
}
