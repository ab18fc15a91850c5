using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>sys/socket.h; unix(7).</summary>
[CHeaders("sys/socket.h")]
internal static unsafe partial class sys_socket
{
    public const int AF_UNIX = 1;
    public const int SOCK_SEQPACKET = 5;
    public const int SOCK_CLOEXEC = 0x8_0000;
    public const int MSG_DONTWAIT = 0x40;
    public const int MSG_NOSIGNAL = 0x4000;
    public const int SOL_SOCKET = 1;
    public const int SO_SNDBUF = 7;
    public const int SO_SNDBUFFORCE = 32;
    public const int SO_RCVBUFFORCE = 33;
    public const int SO_RCVBUF = 8;
    public const int SO_PEERCRED = 17;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int socketpair(int domain, int type, int protocol, int* sv);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint send(int sockfd, void* buf, nuint len, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recv(int sockfd, void* buf, nuint len, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsockopt(int sockfd, int level, int optname, void* optval, uint optlen);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getsockopt(int sockfd, int level, int optname, void* optval, uint* optlen);
}

/// <summary>unix(7), SO_PEERCRED. The C library shows it to GNU sources alone.</summary>
[CStruct("struct ucred", "sys/socket.h")]
internal struct ucred
{
    public int pid;
    public uint uid;
    public uint gid;
}
