namespace Ringwall.Kernel.Abi;

/// <summary>linux/fs.h; ioctl_iflags(2). The numbers are those of 64-bit programs; the kernel reads and writes an int all the same.</summary>
[CHeaders("linux/fs.h")]
internal static class linux_fs
{
    public const uint FS_IOC_GETFLAGS = 0x8008_6601;
    public const uint FS_IOC_SETFLAGS = 0x4008_6602;
    public const uint FS_IMMUTABLE_FL = 0x10;
    public const uint FS_APPEND_FL = 0x20;
    public const uint FS_FL_USER_MODIFIABLE = 0x0003_80ff;
}
