using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>stdio.h; renameat2(2).</summary>
[CHeaders("stdio.h")]
internal static unsafe partial class libc_stdio
{
    public const uint RENAME_NOREPLACE = 1;

    // A va_list that a C function was given is a pointer on x86-64 and on arm64, where the 32-byte structure is passed by reference.
    [LibraryImport("libc")]
    public static partial int vsnprintf(byte* s, nuint maxlen, byte* format, void* arg);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int renameat2(int olddirfd, byte* oldpath, int newdirfd, byte* newpath, uint flags);
}
