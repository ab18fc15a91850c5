using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>sys/file.h; flock(2).</summary>
[CHeaders("sys/file.h")]
internal static partial class sys_file
{
    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int flock(int fd, int operation);
}
