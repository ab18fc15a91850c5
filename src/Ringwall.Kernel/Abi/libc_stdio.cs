using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>stdio.h.</summary>
[CHeaders("stdio.h")]
internal static unsafe partial class libc_stdio
{
    // A va_list that a C function was given is a pointer on x86-64 and on arm64, where the 32-byte structure is passed by reference.
    [LibraryImport("libc")]
    public static partial int vsnprintf(byte* s, nuint maxlen, byte* format, void* arg);
}
