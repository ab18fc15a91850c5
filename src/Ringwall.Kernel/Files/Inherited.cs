using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.libc_fcntl;

namespace Ringwall.Kernel.Files;

/// <summary>Descriptors that the program was started with.</summary>
public static class Inherited
{
    /// <summary>Takes descriptor <paramref name="number"/> over and makes it close-on-exec, so that it goes no further.</summary>
    /// <exception cref="KernelException">There is no such descriptor.</exception>
    public static SafeFileHandle Take(int number)
    {
        if (fcntl(number, F_SETFD, FD_CLOEXEC) != 0)
        {
            KernelException.Throw(
                string.Create(CultureInfo.InvariantCulture, $"fcntl({number}, F_SETFD)"),
                "This program is started by its partner, with descriptors; see ARCHITECTURE.md");
        }

        return new SafeFileHandle(number, ownsHandle: true);
    }

    /// <summary>Descriptor <paramref name="number"/>, which stays the program's own.</summary>
    public static SafeFileHandle Borrow(int number) => new(number, ownsHandle: false);

    /// <summary>/dev/null, for a program that is to read nothing.</summary>
    public static SafeFileHandle DevNull() => File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

    /// <summary>Whether descriptor <paramref name="number"/> is open.</summary>
    public static bool Has(int number) => fcntl(number, F_GETFD, 0) >= 0;
}
