using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>sys/stat.h; umask(2).</summary>
internal static partial class sys_stat
{
    [LibraryImport("libc")]
    public static partial uint umask(uint mask);
}
