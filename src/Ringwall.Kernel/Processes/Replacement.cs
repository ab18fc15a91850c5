using System.Runtime.InteropServices;
using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Processes;

/// <summary>
/// The program that takes this process's place. Everything is laid out when it is made, so that <see cref="Become"/> needs nothing but
/// one call: no file, no allocation. execve(2).
/// </summary>
public sealed unsafe class Replacement
{
    private readonly byte* _path;
    private readonly byte** _arguments;
    private readonly byte** _environment;
    private readonly string _name;

    public Replacement(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        _name = path;
        _path = NativeStrings.One(path);
        _arguments = NativeStrings.Vector(arguments);
        _environment = NativeStrings.Vector(environment);
    }

    /// <summary>Only 0 up to and without <paramref name="first"/> go over into the new program.</summary>
    public static void CloseOnExecutionFrom(int first)
    {
        if (libc_syscall.syscall(
            linux_close_range.SYS_close_range, first, -1, linux_close_range.CLOSE_RANGE_CLOEXEC) == 0)
        {
            return;
        }

        // Before Linux 5.11 there is no such call.
        const int highest = 65_536;
        for (int number = first; number < highest; number++)
        {
            _ = libc_fcntl.fcntl(number, libc_fcntl.F_SETFD, libc_fcntl.FD_CLOEXEC);
        }
    }

    /// <summary>Puts a copy of a descriptor at a number that the new program is to have it at.</summary>
    public static void Place(SafeHandle source, int number)
    {
        if (libc_unistd.dup2((int)source.DangerousGetHandle(), number) < 0)
        {
            KernelException.Throw($"dup2(to {number})");
        }
    }

    /// <summary>Returns only by throwing.</summary>
    public void Become()
    {
        _ = libc_unistd.execve(_path, _arguments, _environment);
        Errno errno = Errno.Last;
        KernelException.Throw($"execve({_name})", errno, errno.Value switch
        {
            Errno.ENOENT => "It is not there, or the interpreter or loader that it names is not.",
            Errno.EACCES => "It, and the folders above it, must be readable and executable for everybody.",
            Errno.ENOEXEC => "It is no program for this machine.",
            _ => null,
        });
    }
}
