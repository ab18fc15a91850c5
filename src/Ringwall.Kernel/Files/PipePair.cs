using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Files;

/// <summary>Both ends of a pipe, close-on-exec. pipe(2).</summary>
/// <param name="Reader">Reads what is written; hung up when every copy of the writer is closed.</param>
/// <param name="Writer">The other end.</param>
public sealed record PipePair(SafeFileHandle Reader, SafeFileHandle Writer) : IDisposable
{
    /// <param name="readerWaits">Whether reading waits until there is something. Writing always waits.</param>
    public static unsafe PipePair Open(bool readerWaits = true)
    {
        int* ends = stackalloc int[2];
        if (libc_unistd.pipe2(ends, libc_fcntl.O_CLOEXEC) != 0)
        {
            KernelException.Throw("pipe2", "The descriptor limit may be reached (ulimit -n).");
        }

        PipePair pipe = new(new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
        if (!readerWaits && libc_fcntl.fcntl(ends[0], libc_fcntl.F_SETFL, libc_fcntl.O_NONBLOCK) != 0)
        {
            Errno errno = Errno.Last;
            pipe.Dispose();
            throw new KernelException("fcntl(F_SETFL)", errno);
        }

        return pipe;
    }

    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
    }
}
