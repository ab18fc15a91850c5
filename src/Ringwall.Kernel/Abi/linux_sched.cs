using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>linux/sched.h; unshare(2).</summary>
[CHeaders("linux/sched.h")]
internal static partial class linux_sched
{
    public const int CLONE_NEWNS = 0x0002_0000;
    public const int CLONE_NEWCGROUP = 0x0200_0000;
    public const int CLONE_NEWUTS = 0x0400_0000;
    public const int CLONE_NEWIPC = 0x0800_0000;
    public const int CLONE_NEWUSER = 0x1000_0000;
    public const int CLONE_NEWPID = 0x2000_0000;
    public const int CLONE_NEWNET = 0x4000_0000;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setns(int fd, int nstype);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int sethostname(string name, nuint len);
}
