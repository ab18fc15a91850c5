// Owns:     nothing that is open. A descriptor on a mount would keep people from unmounting it, so one is opened for each question and
//           closed again.
// Threads:  any.

using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using Ringwall.Kernel.Files;
using static Ringwall.Kernel.Abi.libc_fcntl;

namespace Ringwall.Kernel.Fanotify;

/// <summary>A mount through which handles of its file system can be turned into paths. Needs CAP_DAC_READ_SEARCH.</summary>
public sealed unsafe class WatchedMount
{
    private readonly byte[] _path;      // with its closing zero

    private WatchedMount(byte[] path, ulong fileSystem)
    {
        _path = path;
        FileSystem = fileSystem;
    }

    /// <summary>As f_fsid of statfs(2) has it, and <see cref="HandleView.FileSystem"/>.</summary>
    public ulong FileSystem { get; }

    /// <summary>Where it is mounted.</summary>
    public ReadOnlySpan<byte> Point => _path.AsSpan(0, _path.Length - 1);

    /// <summary>False when it is gone, or cannot be opened.</summary>
    public static bool TryFind(ReadOnlySpan<byte> mountPoint, out WatchedMount? mount, out Errno errno)
    {
        byte[] path = [.. mountPoint, 0];
        mount = null;
        using SafeFileHandle opened = Open(path);
        errno = opened.IsInvalid ? Errno.Last : default;
        if (opened.IsInvalid || !TryFileSystem(opened, out ulong fileSystem))
        {
            return false;
        }

        mount = new WatchedMount(path, fileSystem);
        return true;
    }

    /// <summary>
    /// The path of a directory as it is now. False when it was deleted, when the mount does not show it, or when something else is mounted there
    /// now.
    /// </summary>
    public bool TryPath(HandleView handle, Span<byte> into, out int length)
    {
        length = 0;
        using SafeFileHandle file = OpenFile(handle);
        if (file.IsInvalid)
        {
            return false;
        }

        length = Files.OpenFile.TryReadPath((int)file.DangerousGetHandle(), into);

        // A handle may lead out of what a bind mount shows, and then the path does not start where the mount does.
        ReadOnlySpan<byte> found = into[..length];
        return found.StartsWith(Point) && (Point.Length == 1 || found.Length == Point.Length || found[Point.Length] == (byte)'/');
    }

    /// <summary>What the kernel says of the file now. False when it was deleted.</summary>
    public bool TryStat(HandleView handle, out FileState state)
    {
        using SafeFileHandle file = OpenFile(handle);
        state = default;
        return !file.IsInvalid && Files.OpenFile.TryStat((int)file.DangerousGetHandle(), out state);
    }

    /// <summary>What the kernel says of a name in a directory now; of a link itself, not of where it leads.</summary>
    public bool TryStat(HandleView directory, ReadOnlySpan<byte> name, out FileState state)
    {
        using SafeFileHandle opened = OpenFile(directory);
        state = default;
        return !opened.IsInvalid && Files.OpenFile.TryStatIn((int)opened.DangerousGetHandle(), name, out state);
    }

    private static SafeFileHandle Open(byte[] path)
    {
        fixed (byte* name = path)
        {
            // Not O_PATH: open_by_handle_at takes no such descriptor before Linux 6.14.
            return open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK, 0);
        }
    }

    private static bool TryFileSystem(SafeFileHandle opened, out ulong fileSystem)
    {
        linux_statfs stat;
        bool told = sys_statfs.fstatfs((int)opened.DangerousGetHandle(), &stat) == 0;
        fileSystem = told ? stat.f_fsid : 0;
        return told;
    }

    private SafeFileHandle OpenFile(HandleView handle)
    {
        using SafeFileHandle mount = Open(_path);
        if (mount.IsInvalid || !TryFileSystem(mount, out ulong fileSystem) || fileSystem != handle.FileSystem)
        {
            return new SafeFileHandle(-1, ownsHandle: false);
        }

        // SAFETY: the view's bytes are a struct file_handle with as many bytes as its length says; the kernel writes nothing to them.
        fixed (byte* bytes = handle.ForKernel)
        {
            return open_by_handle_at((int)mount.DangerousGetHandle(), bytes, O_PATH | O_CLOEXEC);
        }
    }
}
