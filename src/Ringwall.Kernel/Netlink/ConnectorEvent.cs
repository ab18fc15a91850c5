using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.linux_netlink;

namespace Ringwall.Kernel.Netlink;

/// <summary>One message of the process connector. linux/cn_proc.h.</summary>
/// <param name="Kind">PROC_EVENT_FORK, _EXEC, _EXIT, _UID, _GID, or another that is not ours.</param>
/// <param name="Cpu">Where it happened. Messages are numbered for each CPU apart.</param>
/// <param name="Number">This CPU's count of messages.</param>
/// <param name="MonotonicNs">When, CLOCK_MONOTONIC.</param>
/// <param name="Pid">The thread; for a fork, the new one.</param>
/// <param name="Process">The thread's process; for a fork, the new thread's.</param>
/// <param name="Other">For a fork the parent's process; for an end the code as wait(2) gives it; for a user or group the effective one.</param>
internal readonly record struct ConnectorEvent(uint Kind, uint Cpu, uint Number, ulong MonotonicNs, int Pid, int Process, uint Other)
{
    /// <summary>False when it is not a message of the process connector, or is cut short.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out ConnectorEvent parsed)
    {
        parsed = default;
        if (!MemoryMarshal.TryRead(datagram, out nlmsghdr outer) || outer.nlmsg_len > (uint)datagram.Length
            || outer.nlmsg_len < Unsafe.SizeOf<nlmsghdr>() + Unsafe.SizeOf<cn_msg>())
        {
            return false;
        }

        ReadOnlySpan<byte> rest = datagram[Unsafe.SizeOf<nlmsghdr>()..(int)outer.nlmsg_len];
        cn_msg head = MemoryMarshal.Read<cn_msg>(rest);
        rest = rest[Unsafe.SizeOf<cn_msg>()..];
        if (head.id.idx != CN_IDX_PROC || head.id.val != CN_VAL_PROC || head.len > rest.Length
            || !MemoryMarshal.TryRead(rest[..head.len], out proc_event told))
        {
            return false;
        }

        (uint pid, uint process, uint other) = told.what switch
        {
            PROC_EVENT_FORK => (told.spare_third, told.spare_fourth, told.spare_second),

            // Real first, then effective.
            PROC_EVENT_UID or PROC_EVENT_GID => (told.spare_first, told.spare_second, told.spare_fourth),
            _ => (told.spare_first, told.spare_second, told.spare_third),
        };
        parsed = new ConnectorEvent(told.what, told.cpu, head.seq, told.timestamp_ns, (int)pid, (int)process, other);
        return true;
    }
}
