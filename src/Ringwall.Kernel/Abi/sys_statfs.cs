using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>sys/statfs.h.</summary>
[CHeaders("sys/statfs.h")]
internal static unsafe partial class sys_statfs
{
    [LibraryImport("libc", SetLastError = true)]
    public static partial int fstatfs(int fd, linux_statfs* buf);
}

[CStruct("struct statfs", "sys/statfs.h")]
internal unsafe struct linux_statfs
{
    public long f_type;
    public long f_bsize;
    public ulong f_blocks;
    public ulong f_bfree;
    public ulong f_bavail;
    public ulong f_files;
    public ulong f_ffree;
    public ulong f_fsid;
    public long f_namelen;
    public long f_frsize;
    public long f_flags;
    public fixed long spare[4];
}
