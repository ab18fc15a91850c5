using System.Runtime.InteropServices;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.libc_poll;

namespace Ringwall.Kernel.Polling;

/// <summary>Waits for a few descriptors by poll(2).</summary>
public static unsafe class Poll
{
    /// <summary>Whether the other end of a socket or pipe is closed. What it said before may still be there to be heard.</summary>
    public static bool IsHungUp(SafeHandle handle)
    {
        pollfd one = new() { fd = (int)handle.DangerousGetHandle() };
        return poll(&one, 1, 0) > 0 && (one.revents & POLLHUP) != 0;
    }

    /// <summary>Waits until one of the descriptors is readable or hung up.</summary>
    /// <param name="handles">What to wait for; at most 16. Null entries are passed over.</param>
    /// <param name="milliseconds">-1 waits without limit.</param>
    /// <returns>A bit for each ready descriptor, by its place. 0 when the time is over or a signal came.</returns>
    public static uint Readable(ReadOnlySpan<SafeHandle?> handles, int milliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(handles.Length, 16);
        pollfd* fds = stackalloc pollfd[16];
        for (int i = 0; i < handles.Length; i++)
        {
            // poll(2): a negative descriptor is ignored.
            fds[i] = new pollfd { fd = handles[i] is { } handle ? (int)handle.DangerousGetHandle() : -1, events = POLLIN };
        }

        int ready = poll(fds, (nuint)handles.Length, milliseconds);
        if (ready < 0 && Errno.Last.Value != Errno.EINTR)
        {
            KernelException.Throw("poll");
        }

        uint bits = 0;
        for (int i = 0; ready > 0 && i < handles.Length; i++)
        {
            bits |= fds[i].revents != 0 ? 1u << i : 0;
        }

        return bits;
    }
}
