using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace Ringwall.Kernel.Abi;

/// <summary>
/// pidfd calls by number (the same on every architecture): the C library has wrappers only since 2.36.
/// </summary>
[CHeaders("sys/syscall.h")]
internal static partial class sys_pidfd
{
    public const int SYS_pidfd_send_signal = 424;
    public const int SYS_pidfd_open = 434;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint pidfd_open(nint number, nint pid, nint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint pidfd_send_signal(nint number, nint pidfd, nint signal, nint info, nint flags);
}
