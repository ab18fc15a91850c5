using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.libc_fcntl;

namespace Ringwall.Kernel.Files;

/// <summary>What stands in a folder, as far as the disk has it: a new or changed name survives a power cut only when its folder was flushed, too. fsync(2).</summary>
public static unsafe class FolderEntries
{
    /// <summary>Returns when the disk has every name of the folder.</summary>
    /// <exception cref="KernelException">There is no such folder, or the disk failed.</exception>
    public static void Flush(string folder)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(folder + '\0'))
        {
            using SafeFileHandle held = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
            if (held.IsInvalid)
            {
                KernelException.Throw($"open({folder})");
            }

            if (libc_unistd.fsync((int)held.DangerousGetHandle()) != 0)
            {
                KernelException.Throw($"fsync({folder})");
            }
        }
    }
}
