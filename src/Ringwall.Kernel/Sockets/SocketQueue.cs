using System.Runtime.InteropServices;
using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Sockets;

/// <summary>How much is on its way through a Unix socket, and how much may be.</summary>
public static unsafe class SocketQueue
{
    /// <summary>Bytes that were sent and not received yet, as the kernel counts them against the send buffer (unix(7), SIOCOUTQ).</summary>
    public static int Outgoing(SafeHandle socket)
    {
        int bytes = 0;
        return sys_ioctl.ioctl((int)socket.DangerousGetHandle(), sys_ioctl.SIOCOUTQ, &bytes) == 0 ? bytes : 0;
    }

    /// <summary>Sets the send buffer, beyond the system's limit where we may (CAP_NET_ADMIN). Returns what it is now, as the kernel counts: twice of what was asked for.</summary>
    public static int SetSendBuffer(SafeHandle socket, int bytes)
    {
        int fd = (int)socket.DangerousGetHandle();
        if (sys_socket.setsockopt(fd, sys_socket.SOL_SOCKET, sys_socket.SO_SNDBUFFORCE, &bytes, sizeof(int)) != 0)
        {
            _ = sys_socket.setsockopt(fd, sys_socket.SOL_SOCKET, sys_socket.SO_SNDBUF, &bytes, sizeof(int));
        }

        int now = 0;
        uint size = sizeof(int);
        return sys_socket.getsockopt(fd, sys_socket.SOL_SOCKET, sys_socket.SO_SNDBUF, &now, &size) == 0 ? now : 0;
    }
}
