using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>signal.h.</summary>
internal static partial class libc_signal
{
    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int signal);
}
