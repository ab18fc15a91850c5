// Owns:         nothing; the descriptor that it opens is the caller's.
// Threads:      any.
// Ordering:     at each step: hold the directory, learn whose filesystem it is, and only then look a name up in it. What is held cannot be
//               exchanged, so it does not matter who changes links, mounts or files meanwhile.

using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using Ringwall.Kernel.Mounts;
using static Ringwall.Kernel.Abi.libc_fcntl;

namespace Ringwall.Kernel.Files;

/// <summary>
/// Follows a path that strangers may change, and touches no filesystem that may never answer: a link may lead into anybody's FUSE, and a name
/// may be a FIFO by the time it is opened.
/// </summary>
public static unsafe class LocalPath
{
    // MAXSYMLINKS of the kernel, path_resolution(7).
    private const int LinksAtMost = 40;

    /// <summary>Opens without opening (O_PATH): for questions, and for <see cref="OpenForReading"/>.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="refusal">Why not; empty when it was.</param>
    /// <returns>Null when there is no such file, or the way leads through, or to, a filesystem that is not local.</returns>
    public static SafeFileHandle? TryHold(string path, out string refusal)
    {
        Stack<string> ahead = [];
        Push(ahead, path);
        SafeFileHandle at = Open(AT_FDCWD, "/");
        int links = 0;
        try
        {
            for (int mount = MountOf(at); (refusal = Refusal(path, mount)).Length == 0 && ahead.TryPop(out string? name);)
            {
                SafeFileHandle next = Open((int)at.DangerousGetHandle(), name);
                if (next.IsInvalid)
                {
                    refusal = $"{path}: {Errno.Last}";
                    next.Dispose();
                    break;
                }

                mount = MountOf(next);
                string? target = Refusal(path, mount).Length == 0 ? TryReadLink(next) : null;
                if (target is null)
                {
                    (at, next) = (next, at);
                }
                else if (++links > LinksAtMost)
                {
                    refusal = $"{path}: too many links";
                }
                else
                {
                    Push(ahead, target);
                    mount = MountOf(at);
                    if (target.StartsWith('/'))
                    {
                        at.Dispose();
                        at = Open(AT_FDCWD, "/");
                        mount = MountOf(at);
                    }
                }

                next.Dispose();
                if (refusal.Length > 0)
                {
                    break;
                }
            }

            if (refusal.Length > 0)
            {
                at.Dispose();
                return null;
            }

            return at;
        }
        catch
        {
            at.Dispose();
            throw;
        }
    }

    /// <summary>Opens for real what is held. Only for regular files: nothing else is opened without waiting.</summary>
    /// <param name="held">What <see cref="TryHold"/> gave.</param>
    /// <param name="quietly">Reading leaves the file's access time alone; its owner or root may ask for that.</param>
    /// <exception cref="KernelException">It cannot be read.</exception>
    public static SafeFileHandle OpenForReading(SafeFileHandle held, bool quietly = false)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes($"/proc/self/fd/{held.DangerousGetHandle()}\0"))
        {
            SafeFileHandle file = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | (quietly ? O_NOATIME : 0), 0);
            if (file.IsInvalid)
            {
                Errno errno = Errno.Last;
                file.Dispose();
                throw new KernelException("open", errno);
            }

            return file;
        }
    }

    private static void Push(Stack<string> ahead, string path)
    {
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
        {
            ahead.Push(name);
        }
    }

    // Neither follows a link nor mounts what autofs would (open(2), O_PATH).
    private static SafeFileHandle Open(int directory, string name)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes(name + '\0'))
        {
            return openat(directory, bytes, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
        }
    }

    // By procfs, which asks the filesystem nothing. proc_pid_fdinfo(5).
    internal static int MountOf(SafeFileHandle held)
    {
        foreach (string line in File.ReadLines($"/proc/self/fdinfo/{held.DangerousGetHandle()}"))
        {
            if (line.StartsWith("mnt_id:", StringComparison.Ordinal) && int.TryParse(line.AsSpan(7).Trim(), out int id))
            {
                return id;
            }
        }

        return -1;
    }

    // The table is read anew for each: what is held keeps its mount, and with it the number, but others come and go.
    internal static string Refusal(string path, int id)
    {
        Mount? mount = MountTable.Read().Mounts.FirstOrDefault(mount => mount.Id == id);
        return mount?.Kind switch
        {
            FileSystemKind.Local or FileSystemKind.Pseudo => "",
            null => $"{path}: it lies on a filesystem that is not mounted any more",
            _ => $"{path}: the way leads to {mount}, which may never answer and is never guarded",
        };
    }

    // readlink(2): with an empty name, of the descriptor itself; ENOENT or EINVAL when it is no link.
    private static string? TryReadLink(SafeFileHandle held)
    {
        byte empty = 0;
        byte* into = stackalloc byte[OpenFile.LongestPath];
        nint length = libc_unistd.readlinkat((int)held.DangerousGetHandle(), &empty, into, OpenFile.LongestPath);
        return length <= 0 ? null : Encoding.UTF8.GetString(into, (int)length);
    }
}
