using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>sys/xattr.h; xattr(7).</summary>
internal static unsafe partial class sys_xattr
{
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint flistxattr(int fd, byte* list, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint fgetxattr(int fd, byte* name, byte* value, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fsetxattr(int fd, byte* name, byte* value, nuint size, int flags);
}
