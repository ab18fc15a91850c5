using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Landlock;

/// <summary>Places in the file system, named by descriptor without being opened.</summary>
internal static unsafe class Paths
{
    /// <summary>O_PATH: raises no fanotify event and needs no right to read.</summary>
    public static SafeFileHandle OpenPlace(string path)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            SafeFileHandle place = libc_fcntl.open(name, libc_fcntl.O_PATH | libc_fcntl.O_CLOEXEC, 0);
            if (!place.IsInvalid)
            {
                return place;
            }
        }

        Errno errno = Errno.Last;
        throw new KernelException($"open({path}, O_PATH)", errno);
    }
}
