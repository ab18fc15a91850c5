namespace Ringwall.Kernel.Abi;

/// <summary>linux/bpf.h; Documentation/bpf/ringbuf.rst.</summary>
[CHeaders("linux/bpf.h")]
internal static class linux_bpf
{
    public const uint BPF_RINGBUF_BUSY_BIT = 1u << 31;
    public const uint BPF_RINGBUF_DISCARD_BIT = 1u << 30;
    public const int BPF_RINGBUF_HDR_SZ = 8;
    public const int BPF_PROG_TYPE_TRACING = 26;
    public const int BPF_PROG_TYPE_LSM = 29;
    public const int BPF_TRACE_FENTRY = 24;
    public const int BPF_LSM_MAC = 27;
}
