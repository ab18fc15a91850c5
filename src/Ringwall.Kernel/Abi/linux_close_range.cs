namespace Ringwall.Kernel.Abi;

/// <summary>linux/close_range.h; close_range(2). The flag needs Linux 5.11.</summary>
[CHeaders("linux/close_range.h", "sys/syscall.h")]
internal static class linux_close_range
{
    public const int SYS_close_range = 436;
    public const int CLOSE_RANGE_CLOEXEC = 4;
}
