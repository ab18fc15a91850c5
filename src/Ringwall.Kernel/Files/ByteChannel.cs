using System.Runtime.InteropServices;
using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Files;

/// <summary>Plain read(2) and write(2), for pipes. Nothing is buffered, nothing is retried but what a signal interrupted.</summary>
public static unsafe class ByteChannel
{
    /// <returns>Bytes read; 0 at the end; -1 when there is nothing now (a descriptor that does not wait).</returns>
    public static int Read(SafeHandle from, Span<byte> into)
    {
        fixed (byte* buffer = into)
        {
            while (true)
            {
                nint count = libc_unistd.read((int)from.DangerousGetHandle(), buffer, (nuint)into.Length);
                if (count >= 0)
                {
                    return (int)count;
                }

                switch (Errno.Last.Value)
                {
                    case Errno.EINTR: continue;
                    case Errno.EAGAIN: return -1;
                    default: KernelException.Throw("read"); break;
                }
            }
        }
    }

    /// <returns>False when nobody reads any more.</returns>
    public static bool TryWrite(SafeHandle to, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* buffer = bytes)
        {
            nint done = 0;
            while (done < bytes.Length)
            {
                nint count = libc_unistd.write((int)to.DangerousGetHandle(), buffer + done, (nuint)(bytes.Length - done));
                if (count >= 0)
                {
                    done += count;
                    continue;
                }

                switch (Errno.Last.Value)
                {
                    case Errno.EINTR: continue;
                    case Errno.EPIPE: return false;
                    default: KernelException.Throw("write"); break;
                }
            }
        }

        return true;
    }
}
