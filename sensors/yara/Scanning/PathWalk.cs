// Paths are bytes here: a name that is not UTF-8 is still a file that somebody may want scanned.
using System.Runtime.InteropServices;
using Ringwall.Sensors.Yara.Abi;

namespace Ringwall.Sensors.Yara.Scanning;

/// <summary>Every regular file at or below a path, as `yara -r` visits them: symbolic links are followed, paths joined with a slash.</summary>
internal sealed unsafe class PathWalk(Action<byte[]> file, Action<byte[], int> refused)
{
    private readonly HashSet<(ulong Device, ulong Inode)> _above = [];

    /// <summary>
    /// Calls back for each file, a folder's entries in the order of their bytes, and for the path itself or a folder below it that
    /// the kernel refuses. Other kinds of files (devices, pipes, sockets) are passed over, and so is what is gone or points nowhere.
    /// A link that leads back to a folder that we are in is not entered again.
    /// </summary>
    public void Visit(byte[] path)
    {
        if (!TryVisit(path, out int errno))
        {
            refused(path, errno);
        }
    }

    public static byte[] Terminated(byte[] path) => [.. path, 0];

    private bool TryVisit(byte[] path, out int errno)
    {
        linux_stat stat;
        fixed (byte* name = Terminated(path))
        {
            // SAFETY: the name ends with NUL; stat fills the struct or returns -1.
            bool known = libc_files.stat(name, &stat) == 0;
            errno = known ? 0 : Marshal.GetLastPInvokeError();
            if (!known)
            {
                return false;
            }
        }

        switch (stat.st_mode & libc_files.S_IFMT)
        {
            case libc_files.S_IFREG:
                file(path);
                break;
            case libc_files.S_IFDIR when _above.Add((stat.st_dev, stat.st_ino)):
                VisitFolder(path);
                _above.Remove((stat.st_dev, stat.st_ino));
                break;
        }

        return true;
    }

    private void VisitFolder(byte[] path)
    {
        nint directory;
        fixed (byte* name = Terminated(path))
        {
            directory = libc_files.opendir(name);
        }

        if (directory == 0)
        {
            refused(path, Marshal.GetLastPInvokeError());
            return;
        }

        var entries = new List<byte[]>();

        // SAFETY: readdir returns null at the end, else an entry that lives until the next call and whose name ends with NUL.
        for (linux_dirent* entry = libc_files.readdir(directory); entry != null; entry = libc_files.readdir(directory))
        {
            ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry->d_name);
            bool mayBeScanned = entry->d_type is libc_files.DT_REG or libc_files.DT_DIR or libc_files.DT_LNK or libc_files.DT_UNKNOWN;
            if (mayBeScanned && !name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                entries.Add([.. path, (byte)'/', .. name]);
            }
        }

        _ = libc_files.closedir(directory);
        entries.Sort(static (a, b) => a.AsSpan().SequenceCompareTo(b));
        foreach (byte[] entry in entries)
        {
            _ = TryVisit(entry, out _);
        }
    }
}
