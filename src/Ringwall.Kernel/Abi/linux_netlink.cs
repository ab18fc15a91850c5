using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ringwall.Kernel.Abi;

/// <summary>linux/netlink.h, linux/connector.h and linux/cn_proc.h; netlink(7), Documentation/driver-api/connector.rst.</summary>
[CHeaders("sys/socket.h", "linux/netlink.h", "linux/connector.h", "linux/cn_proc.h")]
internal static unsafe partial class linux_netlink
{
    public const int AF_NETLINK = 16;
    public const int SOCK_DGRAM = 2;
    public const int NETLINK_CONNECTOR = 11;
    public const ushort NLMSG_DONE = 3;
    public const uint CN_IDX_PROC = 1;
    public const uint CN_VAL_PROC = 1;
    public const uint PROC_CN_MCAST_LISTEN = 1;
    public const uint PROC_EVENT_FORK = 1;
    public const uint PROC_EVENT_EXEC = 2;
    public const uint PROC_EVENT_UID = 4;
    public const uint PROC_EVENT_GID = 64;
    public const uint PROC_EVENT_EXIT = 0x8000_0000;

    [LibraryImport("libc", SetLastError = true)]
    public static partial SafeFileHandle socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int bind(int sockfd, sockaddr_nl* addr, uint addrlen);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recvfrom(int sockfd, void* buf, nuint len, int flags, sockaddr_nl* src_addr, uint* addrlen);
}

[CStruct("struct sockaddr_nl", "sys/socket.h", "linux/netlink.h")]
internal struct sockaddr_nl
{
    public ushort nl_family;
    public ushort nl_pad;
    public uint nl_pid;
    public uint nl_groups;
}

[CStruct("struct nlmsghdr", "sys/socket.h", "linux/netlink.h")]
internal struct nlmsghdr
{
    public uint nlmsg_len;
    public ushort nlmsg_type;
    public ushort nlmsg_flags;
    public uint nlmsg_seq;
    public uint nlmsg_pid;
}

[CStruct("struct cb_id", "linux/connector.h")]
internal struct cb_id
{
    public uint idx;
    public uint val;
}

[CStruct("struct cn_msg", "linux/connector.h")]
internal struct cn_msg
{
    public cb_id id;
    public uint seq;
    public uint ack;
    public ushort len;
    public ushort flags;
}

[CStruct("struct proc_event", "linux/cn_proc.h")]
internal struct proc_event
{
    public uint what;
    public uint cpu;
    public ulong timestamp_ns;

    // The union: for fork the parent's pid and tgid, then the child's; else pid and tgid first.
    public uint spare_first;
    public uint spare_second;
    public uint spare_third;
    public uint spare_fourth;
    public uint spare_fifth;
    public uint spare_sixth;
}
