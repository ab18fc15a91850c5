using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Ringwall.Contract.Abi;

namespace Ringwall.Contract;

/// <summary>
/// A descriptor that came with a message, and that whoever received it closes by <see cref="Dispose"/>. A struct and not a SafeHandle,
/// so that an ask costs no allocation; do not copy it. Its default is no descriptor.
/// </summary>
public struct PassedDescriptor : IDisposable
{
    private int _numberPlusOne;     // so that default, which is zero, is not descriptor 0

    internal PassedDescriptor(int number) => _numberPlusOne = number + 1;

    /// <summary>There is one.</summary>
    public readonly bool IsOpen => _numberPlusOne != 0;

    /// <summary>Its number, borrowed until <see cref="Dispose"/>; -1 when there is none.</summary>
    public readonly int Number => _numberPlusOne - 1;

    /// <summary>
    /// Reads from an offset in bytes (pread(2): the file offset, which other sensors share, does not move). Returns how many bytes
    /// were read: fewer than asked for is possible, 0 is the end of the file.
    /// </summary>
    /// <exception cref="IOException">The kernel refused the read.</exception>
    /// <exception cref="InvalidOperationException">There is no descriptor.</exception>
    public readonly unsafe int Read(Span<byte> into, long offset)
    {
        if (!IsOpen)
        {
            throw new InvalidOperationException("This message came without a descriptor.");
        }

        fixed (byte* at = into)
        {
            while (true)
            {
                // SAFETY: at points to into.Length bytes that stay where they are until the call returns.
                nint read = libc_unistd.pread(Number, at, (nuint)into.Length, offset);
                if (read >= 0)
                {
                    return (int)read;
                }

                int error = Marshal.GetLastPInvokeError();
                if (error != libc_unistd.EINTR)
                {
                    throw new IOException($"pread of a passed descriptor: {Marshal.GetPInvokeErrorMessage(error)}", error);
                }
            }
        }
    }

    /// <summary>A second descriptor of the same file, close-on-exec, for work that outlives the message. Allocates.</summary>
    /// <exception cref="IOException">The process is at its limit of descriptors.</exception>
    /// <exception cref="InvalidOperationException">There is no descriptor.</exception>
    public readonly SafeFileHandle Duplicate()
    {
        if (!IsOpen)
        {
            throw new InvalidOperationException("This message came without a descriptor.");
        }

        int copy = libc_unistd.fcntl_number(Number, libc_unistd.F_DUPFD_CLOEXEC, 0);
        return copy >= 0
            ? new SafeFileHandle(copy, ownsHandle: true)
            : throw new IOException($"fcntl(F_DUPFD_CLOEXEC): {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
    }

    /// <summary>Gives the descriptor away: the handle closes it from now on. Allocates.</summary>
    public SafeFileHandle Detach()
    {
        SafeFileHandle handle = new(Number, ownsHandle: true);
        _numberPlusOne = 0;
        return handle;
    }

    /// <summary>Closes the descriptor, once.</summary>
    public void Dispose()
    {
        if (IsOpen)
        {
            int number = Number;
            _numberPlusOne = 0;
            _ = libc_unistd.close(number);   // Linux has closed it even when it reports an error (close(2))
        }
    }
}
