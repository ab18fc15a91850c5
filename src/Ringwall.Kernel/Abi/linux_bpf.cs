using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>linux/bpf.h; Documentation/bpf/ringbuf.rst.</summary>
[CHeaders("linux/bpf.h")]
internal static class linux_bpf
{
    public const int BPF_CGROUP_INET_INGRESS = 0;
    public const int BPF_CGROUP_INET_EGRESS = 1;
    public const uint BPF_RINGBUF_BUSY_BIT = 1u << 31;
    public const uint BPF_RINGBUF_DISCARD_BIT = 1u << 30;
    public const int BPF_RINGBUF_HDR_SZ = 8;
    public const int BPF_PROG_TYPE_TRACING = 26;
    public const int BPF_PROG_TYPE_LSM = 29;
    public const int BPF_TRACE_FENTRY = 24;
    public const int BPF_LSM_MAC = 27;
}

/// <summary>Of all that is known of a loaded program, the one thing that is asked. An older kernel fills less.</summary>
[CStruct("struct bpf_prog_info", "linux/bpf.h")]
[StructLayout(LayoutKind.Explicit, Size = 232)]
internal struct bpf_prog_info
{
    [FieldOffset(208)]
    public ulong recursion_misses;
}
