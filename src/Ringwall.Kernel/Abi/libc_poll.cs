using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>poll.h; poll(2).</summary>
[CHeaders("poll.h")]
internal static unsafe partial class libc_poll
{
    public const short POLLIN = 0x1;
    public const short POLLPRI = 0x2;
    public const short POLLOUT = 0x4;
    public const short POLLERR = 0x8;
    public const short POLLHUP = 0x10;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int poll(pollfd* fds, nuint nfds, int timeout);
}

[CStruct("struct pollfd", "poll.h")]
internal struct pollfd
{
    public int fd;
    public short events;
    public short revents;
}
