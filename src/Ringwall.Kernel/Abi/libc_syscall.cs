using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>
/// syscall(2), for calls that the C library has no wrapper for, or whose wrapper does more than the call: its setresuid(3) changes
/// every thread of the process. Variadic in C; with integer arguments the call is the same on x86-64 and on arm64 Linux.
/// </summary>
internal static partial class libc_syscall
{
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint syscall(nint number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0);
}
