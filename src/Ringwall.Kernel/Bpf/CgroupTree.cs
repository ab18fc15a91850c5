using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using Ringwall.Kernel.Mounts;
using static Ringwall.Kernel.Abi.libc_fcntl;

namespace Ringwall.Kernel.Bpf;

/// <summary>The tree of cgroups, version 2. Every process is in it somewhere, even where version 1 has all the controllers.</summary>
public static unsafe class CgroupTree
{
    /// <summary>Opens the topmost cgroup that this process can see.</summary>
    /// <param name="mounts">Where to look for it.</param>
    /// <param name="root">A descriptor of the directory.</param>
    /// <param name="reason">Why there is none.</param>
    public static bool TryOpenRoot(MountTable mounts, [NotNullWhen(true)] out SafeFileHandle? root, [NotNullWhen(false)] out string? reason)
    {
        root = null;
        reason = "cgroup version 2 is not mounted (mount -t cgroup2 none /sys/fs/cgroup/unified)";
        foreach (Mount mount in mounts.Mounts)
        {
            if (mount.Type != "cgroup2" || !mount.ShowsWhole)
            {
                continue;
            }

            fixed (byte* path = (byte[])[.. mount.Point, 0])
            {
                SafeFileHandle opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
                if (!opened.IsInvalid)
                {
                    root = opened;
                    reason = null;
                    return true;
                }

                reason = $"{Encoding.UTF8.GetString(mount.Point)} cannot be opened: {Errno.Last}";
                opened.Dispose();
            }
        }

        return false;
    }

    /// <summary>Opens one group's directory.</summary>
    /// <exception cref="KernelException">There is none.</exception>
    public static SafeFileHandle Open(string path)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            SafeFileHandle opened = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
            if (opened.IsInvalid)
            {
                Errno errno = Errno.Last;
                opened.Dispose();
                throw new KernelException($"open({path})", errno);
            }

            return opened;
        }
    }
}
