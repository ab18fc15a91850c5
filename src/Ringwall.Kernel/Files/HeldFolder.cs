// Owns:         a descriptor of one folder.
// Threads:      any, one at a time.
// Ordering:     a name is looked up in the folder that is held, never along a path: who swaps folders for links meanwhile changes nothing here.

using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using Ringwall.Kernel.Mounts;
using static Ringwall.Kernel.Abi.libc_fcntl;

namespace Ringwall.Kernel.Files;

/// <summary>A folder that is held, so that what is done to a name in it is done there and nowhere else. Names are bytes, as the kernel has them.</summary>
public sealed unsafe class HeldFolder : IDisposable
{
    private readonly SafeFileHandle _folder;

    private HeldFolder(SafeFileHandle folder) => _folder = folder;

    private int Fd => (int)_folder.DangerousGetHandle();

    /// <summary>
    /// Walks to a folder that strangers may change, name by name: through no link, and through local filesystems only, so that nobody is waited for.
    /// </summary>
    /// <param name="path">Absolute.</param>
    /// <param name="folder">The folder; null when it is not held.</param>
    /// <param name="refusal">Why not; empty when it is.</param>
    /// <param name="passed">Sees each folder on the way, from the first below the root.</param>
    public static FolderOutcome TryHold(ReadOnlySpan<byte> path, out HeldFolder? folder, out string refusal, Action<FileState>? passed = null)
    {
        string spoken = Encoding.UTF8.GetString(path);
        folder = null;
        refusal = $"{spoken}: it is no absolute path without ..";
        if (path.IsEmpty || path[0] != (byte)'/' || spoken.Split('/').Contains("..") || path.Contains((byte)0))
        {
            return FolderOutcome.Refused;
        }

        SafeFileHandle at = Open(AT_FDCWD, "/"u8, O_PATH | O_DIRECTORY);
        int mount = LocalPath.MountOf(at);
        foreach (Range part in path.Split((byte)'/'))
        {
            ReadOnlySpan<byte> name = path[part];
            if (name.IsEmpty)
            {
                continue;
            }

            SafeFileHandle next = Open((int)at.DangerousGetHandle(), name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
            Errno errno = Errno.Last;
            at.Dispose();
            at = next;
            if (next.IsInvalid)
            {
                refusal = $"{spoken}: {Encoding.UTF8.GetString(name)}: {errno}";
                return errno.Value switch
                {
                    Errno.ENOENT => FolderOutcome.Missing,
                    Errno.ENOTDIR or Errno.ELOOP => FolderOutcome.NotAFolder,
                    _ => FolderOutcome.Refused,
                };
            }

            mount = LocalPath.MountOf(next);
            if (LocalPath.Refusal(spoken, mount) is { Length: > 0 } strange)
            {
                refusal = strange;
                at.Dispose();
                return FolderOutcome.NotLocal;
            }

            if (passed is not null && OpenFile.TryStat((int)next.DangerousGetHandle(), out FileState state))
            {
                passed(state);
            }
        }

        if (MountTable.Read().Mounts.FirstOrDefault(one => one.Id == mount)?.Kind != FileSystemKind.Local)
        {
            refusal = $"{spoken}: no files are kept on that filesystem";
            at.Dispose();
            return FolderOutcome.NotLocal;
        }

        refusal = "";
        folder = new HeldFolder(at);
        return FolderOutcome.Held;
    }

    /// <summary>A folder of our own: its path is followed as it is.</summary>
    /// <exception cref="KernelException">It is not there.</exception>
    public static HeldFolder Hold(string path)
    {
        SafeFileHandle folder = Open(AT_FDCWD, Encoding.UTF8.GetBytes(path), O_PATH | O_DIRECTORY);
        return folder.IsInvalid ? throw Refused(folder, $"open({path})") : new HeldFolder(folder);
    }

    /// <summary>What a name is, no link followed. False: nothing has it.</summary>
    public bool TryStat(ReadOnlySpan<byte> name, out FileState state) => OpenFile.TryStatIn(Fd, name, out state);

    /// <summary>What the folder itself is.</summary>
    public bool TryStat(out FileState state) => OpenFile.TryStat(Fd, out state);

    /// <summary>Holds what has this name (O_PATH), whatever it is, links included. Null: nothing has it.</summary>
    /// <exception cref="KernelException">It cannot be looked up.</exception>
    public SafeFileHandle? TryHoldName(ReadOnlySpan<byte> name)
    {
        SafeFileHandle held = Open(Fd, name, O_PATH | O_NOFOLLOW);
        if (!held.IsInvalid)
        {
            return held;
        }

        Errno errno = Errno.Last;
        held.Dispose();
        return errno.Value == Errno.ENOENT ? null : throw new KernelException($"openat({Encoding.UTF8.GetString(name)})", errno);
    }

    /// <summary>Makes a new file, readable and writable by its owner alone, and opens it for both.</summary>
    /// <exception cref="KernelException">Something has that name (EEXIST), or the filesystem refuses.</exception>
    public SafeFileHandle Create(ReadOnlySpan<byte> name)
    {
        SafeFileHandle file = Open(Fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0x180);
        return file.IsInvalid ? throw Refused(file, $"create({Encoding.UTF8.GetString(name)})") : file;
    }

    /// <summary>Gives a file another name in another, or the same, folder of the same filesystem, in one step. False: something has that name already.</summary>
    /// <exception cref="KernelException">Nothing has the old name (ENOENT), or the filesystem refuses.</exception>
    public bool TryRename(ReadOnlySpan<byte> from, HeldFolder into, ReadOnlySpan<byte> to)
    {
        fixed (byte* old = (byte[])[.. from, 0])
        fixed (byte* given = (byte[])[.. to, 0])
        {
            if (libc_stdio.renameat2(Fd, old, into.Fd, given, libc_stdio.RENAME_NOREPLACE) == 0)
            {
                return true;
            }
        }

        Errno errno = Errno.Last;
        return errno.Value == Errno.EEXIST ? false : throw new KernelException($"renameat2({Encoding.UTF8.GetString(from)}, {Encoding.UTF8.GetString(to)})", errno);
    }

    /// <summary>Takes a name away. False: nothing had it.</summary>
    /// <exception cref="KernelException">The filesystem refuses; it is a folder (EISDIR).</exception>
    public bool TryUnlink(ReadOnlySpan<byte> name)
    {
        fixed (byte* path = (byte[])[.. name, 0])
        {
            if (libc_unistd.unlinkat(Fd, path, 0) == 0)
            {
                return true;
            }
        }

        Errno errno = Errno.Last;
        return errno.Value == Errno.ENOENT ? false : throw new KernelException($"unlinkat({Encoding.UTF8.GetString(name)})", errno);
    }

    /// <summary>Makes a folder. False: something has that name already.</summary>
    public bool TryMakeFolder(ReadOnlySpan<byte> name, uint permissions)
    {
        fixed (byte* path = (byte[])[.. name, 0])
        {
            if (sys_stat.mkdirat(Fd, path, permissions) == 0)
            {
                return true;
            }
        }

        Errno errno = Errno.Last;
        return errno.Value == Errno.EEXIST ? false : throw new KernelException($"mkdirat({Encoding.UTF8.GetString(name)})", errno);
    }

    /// <summary>A folder in this one, no link followed. Null: there is none.</summary>
    public HeldFolder? TryHoldFolder(ReadOnlySpan<byte> name)
    {
        SafeFileHandle folder = Open(Fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
        if (folder.IsInvalid)
        {
            folder.Dispose();
            return null;
        }

        return new HeldFolder(folder);
    }

    /// <summary>Gives the folder itself an owner and permissions.</summary>
    public void Give(uint owner, uint group, uint permissions)
    {
        using SafeFileHandle folder = OpenForReal();
        int fd = (int)folder.DangerousGetHandle();
        if (libc_unistd.fchown(fd, owner, group) != 0 || sys_stat.fchmod(fd, permissions & 0xFFF) != 0)
        {
            KernelException.Throw("fchown, fchmod");
        }
    }

    /// <summary>Returns when the names in the folder are on the disk. fsync(2).</summary>
    public void Flush()
    {
        using SafeFileHandle folder = OpenForReal();
        if (libc_unistd.fsync((int)folder.DangerousGetHandle()) != 0)
        {
            KernelException.Throw("fsync(folder)");
        }
    }

    public void Dispose() => _folder.Dispose();

    private SafeFileHandle OpenForReal()
    {
        SafeFileHandle folder = Open(Fd, "."u8, O_RDONLY | O_DIRECTORY);
        return folder.IsInvalid ? throw Refused(folder, "open(folder)") : folder;
    }

    private static SafeFileHandle Open(int at, ReadOnlySpan<byte> name, int flags, uint mode = 0)
    {
        fixed (byte* path = (byte[])[.. name, 0])
        {
            return openat(at, path, flags | O_CLOEXEC, mode);
        }
    }

    private static KernelException Refused(SafeFileHandle invalid, string call)
    {
        Errno errno = Errno.Last;
        invalid.Dispose();
        return new KernelException(call, errno);
    }
}
