using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>sys/stat.h; umask(2), chmod(2), mkdir(2), utimensat(2).</summary>
internal static unsafe partial class sys_stat
{
    [LibraryImport("libc")]
    public static partial uint umask(uint mask);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fchmod(int fd, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int mkdirat(int dirfd, byte* pathname, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int futimens(int fd, timespec* times);
}
