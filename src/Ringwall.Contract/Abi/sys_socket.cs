using System.Runtime.InteropServices;

namespace Ringwall.Contract.Abi;

/// <summary>sys/socket.h, with the C library's spelling. Only what passing messages and descriptors needs.</summary>
internal static unsafe partial class sys_socket
{
    public const int AF_UNIX = 1;
    public const int SOCK_SEQPACKET = 5;
    public const int SOCK_CLOEXEC = 0x80000;
    public const int SOL_SOCKET = 1;
    public const int SCM_RIGHTS = 1;
    public const int SO_TYPE = 3;
    public const int SO_DOMAIN = 39;
    public const int SO_PASSRIGHTS = 83;    // since Linux 6.16
    public const int SO_SNDBUF = 7;
    public const int SHUT_RDWR = 2;
    public const int MSG_CTRUNC = 0x8;
    public const int MSG_TRUNC = 0x20;
    public const int MSG_DONTWAIT = 0x40;
    public const int MSG_NOSIGNAL = 0x4000;
    public const int MSG_CMSG_CLOEXEC = 0x40000000;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int socketpair(int domain, int type, int protocol, int* sv);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint sendmsg(SafeHandle fd, msghdr* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recvmsg(SafeHandle fd, msghdr* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recv(SafeHandle fd, byte* into, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int shutdown(SafeHandle fd, int how);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getsockopt(SafeHandle fd, int level, int name, int* value, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsockopt(SafeHandle fd, int level, int name, int* value, uint length);
}
