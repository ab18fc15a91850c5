using System.Runtime.InteropServices;

namespace Ringwall.Kernel;

/// <summary>An error number of Linux. Read once, before any other call. Values: asm-generic/errno-base.h and errno.h.</summary>
public readonly record struct Errno(int Value)
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINTR = 4;
    public const int ENOEXEC = 8;
    public const int EBADF = 9;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int EFAULT = 14;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int EXDEV = 18;
    public const int ENODEV = 19;
    public const int ENOTDIR = 20;
    public const int EISDIR = 21;
    public const int EINVAL = 22;
    public const int ENFILE = 23;
    public const int EMFILE = 24;
    public const int ENXIO = 6;
    public const int ENOTTY = 25;
    public const int ETXTBSY = 26;
    public const int ENOSPC = 28;
    public const int EROFS = 30;
    public const int ERANGE = 34;
    public const int EPIPE = 32;
    public const int ENOSYS = 38;
    public const int ELOOP = 40;
    public const int ENODATA = 61;
    public const int EOVERFLOW = 75;
    public const int EOPNOTSUPP = 95;
    public const int ECONNRESET = 104;
    public const int ENOBUFS = 105;
    public const int ETOOMANYREFS = 109;
    public const int ESTALE = 116;

    /// <summary>The error of the last P/Invoke on this thread that was declared with SetLastError.</summary>
    public static Errno Last => new(Marshal.GetLastPInvokeError());

    /// <summary>The C library's words for it, with the number.</summary>
    public override string ToString() => $"{Marshal.GetPInvokeErrorMessage(Value)} (errno {Value})";
}
