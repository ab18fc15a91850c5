using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using Ringwall.Kernel.Files;
using static Ringwall.Kernel.Abi.libc_fcntl;

namespace Ringwall.Kernel.Procfs;

/// <summary>
/// Files below /proc/PID, without allocating. All of them live in the kernel's memory, so that reading one waits for nobody but perhaps
/// the process's own memory lock. proc_pid(5).
/// </summary>
public static unsafe class ProcessFile
{
    private const int LongestName = 40;

    /// <summary>Reads a file from its start. Returns how many bytes; -1 when there is no such process any more, or none of ours to read.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="name">"stat", "status", "cmdline".</param>
    /// <param name="into">What does not fit is left out.</param>
    public static int Read(int pid, ReadOnlySpan<byte> name, Span<byte> into)
    {
        byte* path = stackalloc byte[LongestName];
        Name(pid, name, new Span<byte>(path, LongestName));
        using SafeFileHandle file = open(path, O_RDONLY | O_CLOEXEC, 0);
        if (file.IsInvalid)
        {
            return -1;
        }

        int total = 0;
        fixed (byte* buffer = into)
        {
            while (total < into.Length)
            {
                nint got = libc_unistd.read((int)file.DangerousGetHandle(), buffer + total, (nuint)(into.Length - total));
                if (got < 0 && Errno.Last.Value == Errno.EINTR)
                {
                    continue;
                }

                if (got < 0)
                {
                    return -1;
                }

                if (got == 0)
                {
                    break;
                }

                total += (int)got;
            }
        }

        return total;
    }

    /// <summary>Where "exe" or "cwd" leads. Returns how many bytes; -1 when it leads nowhere: no such process, a kernel thread.</summary>
    public static int ReadLink(int pid, ReadOnlySpan<byte> name, Span<byte> into)
    {
        byte* path = stackalloc byte[LongestName];
        Name(pid, name, new Span<byte>(path, LongestName));
        fixed (byte* buffer = into)
        {
            return (int)libc_unistd.readlink(path, buffer, (nuint)into.Length);
        }
    }

    /// <summary>The program file itself, whatever its name. Asks the kernel only for what it has, so that no server is waited for.</summary>
    public static bool TryStatExecutable(int pid, out FileIdentity file)
    {
        byte* path = stackalloc byte[LongestName];
        Name(pid, "exe"u8, new Span<byte>(path, LongestName));
        linux_statx stat;
        if (statx(AT_FDCWD, path, AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &stat) != 0)
        {
            file = default;
            return false;
        }

        file = new FileIdentity(((ulong)stat.stx_dev_major << 32) | stat.stx_dev_minor, stat.stx_ino, stat.stx_size, 0, 0);
        return true;
    }

    /// <summary>The numbers of all processes there are.</summary>
    public static IEnumerable<int> Pids()
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(folder.AsSpan("/proc/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
            {
                yield return pid;
            }
        }
    }

    private static void Name(int pid, ReadOnlySpan<byte> name, Span<byte> path)
    {
        "/proc/"u8.CopyTo(path);
        _ = pid.TryFormat(path[6..], out int digits, default, CultureInfo.InvariantCulture);
        int at = 6 + digits;
        path[at++] = (byte)'/';
        name.CopyTo(path[at..]);
        path[at + name.Length] = 0;
    }
}
