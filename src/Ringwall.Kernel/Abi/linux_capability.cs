namespace Ringwall.Kernel.Abi;

/// <summary>linux/capability.h; capset(2).</summary>
[CHeaders("linux/capability.h")]
internal static class linux_capability
{
    public const uint _LINUX_CAPABILITY_VERSION_3 = 0x2008_0522;
    public const int CAP_SETPCAP = 8;
}

[CStruct("struct __user_cap_header_struct", "linux/capability.h")]
internal struct cap_user_header
{
    public uint version;
    public int pid;
}

[CStruct("struct __user_cap_data_struct", "linux/capability.h")]
internal struct cap_user_data
{
    public uint effective;
    public uint permitted;
    public uint inheritable;
}
