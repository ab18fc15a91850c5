using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ringwall.Kernel.Abi;

/// <summary>fcntl.h; open(2), fcntl(2), statx(2).</summary>
[CHeaders("fcntl.h", "sys/stat.h")]
internal static unsafe partial class libc_fcntl
{
    public const int O_RDONLY = 0;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x8_0000;
    public const int O_PATH = 0x20_0000;
    public const int O_DIRECTORY = 0x1_0000;
    public const int O_NOFOLLOW = 0x2_0000;
    public const int O_NOATIME = 0x4_0000;
    public const int AT_FDCWD = -100;
    public const int AT_EMPTY_PATH = 0x1000;
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_NO_AUTOMOUNT = 0x800;
    public const int AT_STATX_DONT_SYNC = 0x4000;
    public const uint STATX_BASIC_STATS = 0x7ff;
    public const uint STATX_MNT_ID = 0x1000;
    public const int F_SETFD = 2;
    public const int F_GETFD = 1;
    public const int F_SETFL = 4;
    public const int FD_CLOEXEC = 1;
    public const int F_DUPFD_CLOEXEC = 1030;
    public const int F_SETLEASE = 1024;
    public const int F_RDLCK = 0;
    public const int F_UNLCK = 2;

    // O_LARGEFILE is 0 in the headers of 64-bit programs, but the kernel's own value is what fanotify_init(2) takes.
    [NotInHeaders("the kernel's O_LARGEFILE, include/uapi/asm-generic/fcntl.h")]
    public const int KERNEL_O_LARGEFILE = 0x8000;

    [LibraryImport("libc", SetLastError = true)]
    public static partial SafeFileHandle open(byte* pathname, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial SafeFileHandle openat(int dirfd, byte* pathname, int flags, uint mode);

    // fcntl is variadic in C; with one integer argument the call is the same on x86-64 and on arm64 Linux.
    [LibraryImport("libc", SetLastError = true)]
    public static partial int fcntl(int fd, int cmd, nint arg);

    [LibraryImport("libc", SetLastError = true)]
    public static partial SafeFileHandle open_by_handle_at(int mount_fd, void* handle, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int statx(int dirfd, byte* pathname, int flags, uint mask, linux_statx* buf);
}
