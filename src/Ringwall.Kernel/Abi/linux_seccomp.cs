namespace Ringwall.Kernel.Abi;

/// <summary>linux/seccomp.h, linux/filter.h, linux/audit.h; seccomp(2).</summary>
[CHeaders("linux/seccomp.h", "linux/filter.h", "linux/audit.h")]
internal static class linux_seccomp
{
    public const int SECCOMP_MODE_FILTER = 2;
    public const uint SECCOMP_RET_KILL_PROCESS = 0x8000_0000;
    public const uint SECCOMP_RET_ERRNO = 0x0005_0000;
    public const uint SECCOMP_RET_ALLOW = 0x7fff_0000;
    public const uint AUDIT_ARCH_X86_64 = 0xc000_003e;
    public const uint AUDIT_ARCH_AARCH64 = 0xc000_00b7;
    public const int BPF_LD = 0x00;
    public const int BPF_W = 0x00;
    public const int BPF_ABS = 0x20;
    public const int BPF_JMP = 0x05;
    public const int BPF_JEQ = 0x10;
    public const int BPF_JGE = 0x30;
    public const int BPF_JSET = 0x40;
    public const int BPF_K = 0x00;
    public const int BPF_RET = 0x06;
    public const int BPF_MAXINSNS = 4096;
}

[CStruct("struct seccomp_data", "linux/seccomp.h")]
internal unsafe struct seccomp_data
{
    public int nr;
    public uint arch;
    public ulong instruction_pointer;
    public fixed ulong args[6];
}

[CStruct("struct sock_filter", "linux/filter.h")]
internal struct sock_filter
{
    public ushort code;
    public byte jt;
    public byte jf;
    public uint k;
}

[CStruct("struct sock_fprog", "linux/filter.h")]
internal unsafe struct sock_fprog
{
    public ushort len;
    public sock_filter* filter;
}
