using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.libc_fcntl;

namespace Ringwall.Kernel.Files;

/// <summary>Questions about an open file, by descriptor. None opens anything, waits, or allocates, but where said.</summary>
public static unsafe class OpenFile
{
    /// <summary>Longest path that <see cref="TryReadPath"/> gives: PATH_MAX.</summary>
    public const int LongestPath = 4096;

    // Held for as long as the process lives: from here the kernel finds a descriptor's link in a fifth less time than from the root.
    private static readonly SafeFileHandle OwnDescriptors = OpenOwnDescriptors();
    private static readonly int OwnDescriptorsFd = (int)OwnDescriptors.DangerousGetHandle();

    public static bool TryStat(int fd, out FileState state)
    {
        linux_statx stat;
        byte empty = 0;
        if (statx(fd, &empty, AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_BASIC_STATS | STATX_MNT_ID, &stat) != 0)
        {
            state = default;
            return false;
        }

        state = From(stat);
        return true;
    }

    /// <summary>By path; follows links, triggers no automount. Not for paths that may lie on a network filesystem.</summary>
    public static bool TryStat(string path, out FileState state)
    {
        linux_statx stat;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            if (statx(AT_FDCWD, name, AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &stat) != 0)
            {
                state = default;
                return false;
            }
        }

        state = From(stat);
        return true;
    }

    /// <summary>By a name in an open directory. Follows no link, triggers no automount.</summary>
    public static bool TryStatIn(int directory, ReadOnlySpan<byte> name, out FileState state)
    {
        linux_statx stat;
        Span<byte> path = stackalloc byte[256];
        if (name.Length >= path.Length)
        {
            state = default;
            return false;
        }

        name.CopyTo(path);
        path[name.Length] = 0;
        fixed (byte* closed = path)
        {
            if (statx(directory, closed, AT_NO_AUTOMOUNT | AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &stat) != 0)
            {
                state = default;
                return false;
            }
        }

        state = From(stat);
        return true;
    }

    /// <summary>
    /// The path that the file was reached by, as seen from this process: proc_pid_fd(5). Ends in " (deleted)" when it has none any more.
    /// </summary>
    /// <returns>Bytes written; 0 when the kernel gave none.</returns>
    public static int TryReadPath(int fd, Span<byte> into)
    {
        Span<byte> link = stackalloc byte[16];
        if (!fd.TryFormat(link[..^1], out int digits, default, CultureInfo.InvariantCulture))
        {
            return 0;
        }

        link[digits] = 0;
        fixed (byte* name = link)
        fixed (byte* buffer = into)
        {
            nint length = libc_unistd.readlinkat(OwnDescriptorsFd, name, buffer, (nuint)into.Length);
            return length < 0 ? 0 : (int)length;
        }
    }

    /// <summary>
    /// Whether any process has the file open for writing, or mapped writable and shared. Asked by a read lease, which the kernel refuses while
    /// there is a writer (fcntl(2), F_SETLEASE), and which is given back at once. Needs CAP_LEASE, and SIGIO ignored
    /// (<see cref="LeaseBreaks.Ignore"/>). A file that cannot tell counts as being written.
    /// </summary>
    public static bool HasWriter(int fd)
    {
        bool written = HasWriterUntilClose(fd);
        if (!written)
        {
            _ = fcntl(fd, F_SETLEASE, F_UNLCK);
        }

        return written;
    }

    /// <summary>As <see cref="HasWriter"/>, one system call cheaper: the lease ends with the descriptor, which is to be closed at once.</summary>
    public static bool HasWriterUntilClose(int fd) => fcntl(fd, F_SETLEASE, F_RDLCK) != 0;

    /// <summary>A second descriptor of the same open file, the caller's to close.</summary>
    /// <returns>False when no further descriptor could be had.</returns>
    public static bool TryDuplicate(int fd, out int duplicate)
    {
        duplicate = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        return duplicate >= 0;
    }

    public static void Close(int fd) => _ = libc_unistd.close(fd);

    private static SafeFileHandle OpenOwnDescriptors()
    {
        fixed (byte* path = "/proc/self/fd\0"u8)
        {
            SafeFileHandle handle = open(path, O_PATH | O_CLOEXEC, 0);
            if (handle.IsInvalid)
            {
                KernelException.Throw("open(/proc/self/fd)", "procfs must be mounted");
            }

            return handle;
        }
    }

    private static FileState From(in linux_statx stat) => new(
        new FileIdentity(
            ((ulong)stat.stx_dev_major << 32) | stat.stx_dev_minor,
            stat.stx_ino,
            stat.stx_size,
            (stat.stx_ctime.tv_sec * 1_000_000_000) + stat.stx_ctime.tv_nsec,
            (stat.stx_mtime.tv_sec * 1_000_000_000) + stat.stx_mtime.tv_nsec),
        stat.stx_uid,
        stat.stx_gid,
        stat.stx_mode,
        stat.stx_nlink,
        (stat.stx_mask & STATX_MNT_ID) != 0 ? (int)stat.stx_mnt_id : 0);
}
