using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.libc_fcntl;
using static Ringwall.Kernel.Abi.sys_file;

namespace Ringwall.Kernel.Files;

/// <summary>flock(2): belongs to the open file, ends with it, however its process ends.</summary>
public static unsafe class FileLock
{
    /// <summary>Makes the file if need be and takes its lock. (FileStream takes a lock of its own, which would stand in the way.)</summary>
    /// <returns>Null when somebody else holds it.</returns>
    /// <exception cref="KernelException">The file cannot be opened.</exception>
    public static SafeFileHandle? TryTake(string path)
    {
        SafeFileHandle file;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            file = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0x180);
        }

        if (file.IsInvalid)
        {
            Errno errno = Errno.Last;
            file.Dispose();
            throw new KernelException($"open({path})", errno);
        }

        if (flock((int)file.DangerousGetHandle(), LOCK_EX | LOCK_NB) == 0)
        {
            return file;
        }

        Errno refused = Errno.Last;
        file.Dispose();
        return refused.Value == Errno.EAGAIN ? null : throw new KernelException($"flock({path})", refused);
    }
}
