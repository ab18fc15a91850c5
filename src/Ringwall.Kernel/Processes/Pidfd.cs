using Microsoft.Win32.SafeHandles;

using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Processes;

/// <summary>
/// A process, held by descriptor: its number cannot come to mean another process while this is open. pidfd_open(2).
/// </summary>
public sealed class Pidfd : IDisposable
{
    private Pidfd(SafeFileHandle handle, int pid)
    {
        Handle = handle;
        Pid = pid;
    }

    /// <summary>Becomes readable (poll) when the process has ended.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>The process number, as this process's pid namespace sees it.</summary>
    public int Pid { get; }

    /// <returns>False when there is no such process.</returns>
    /// <exception cref="KernelException">Anything else went wrong, for instance the descriptor limit.</exception>
    public static bool TryOpen(int pid, out Pidfd? pidfd)
    {
        nint fd = sys_pidfd.pidfd_open(sys_pidfd.SYS_pidfd_open, pid, 0);
        if (fd < 0)
        {
            Errno errno = Errno.Last;
            pidfd = null;
            if (errno.Value == Errno.ESRCH)
            {
                return false;
            }

            KernelException.Throw($"pidfd_open({pid})", errno);
        }

        pidfd = new Pidfd(new SafeFileHandle(fd, ownsHandle: true), pid);
        return true;
    }

    /// <returns>False when the process has ended already.</returns>
    public bool TrySignal(int signal)
    {
        bool held = false;
        Handle.DangerousAddRef(ref held);
        try
        {
            if (sys_pidfd.pidfd_send_signal(sys_pidfd.SYS_pidfd_send_signal, Handle.DangerousGetHandle(), signal, 0, 0) == 0)
            {
                return true;
            }

            Errno errno = Errno.Last;
            if (errno.Value == Errno.ESRCH)
            {
                return false;
            }

            throw new KernelException($"pidfd_send_signal({Pid}, {Signals.NameOf(signal)})", errno);
        }
        finally
        {
            if (held)
            {
                Handle.DangerousRelease();
            }
        }
    }

    public bool TryKill() => TrySignal(Signals.Kill);

    /// <summary>Waits until the process has ended; it need not be a child. Does not reap it.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever; zero only looks.</param>
    /// <returns>Whether it has ended.</returns>
    public unsafe bool WaitForEnd(TimeSpan timeout)
    {
        long until = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        bool held = false;
        Handle.DangerousAddRef(ref held);
        try
        {
            while (true)
            {
                pollfd one = new() { fd = (int)Handle.DangerousGetHandle(), events = libc_poll.POLLIN };
                int left = until == long.MaxValue ? -1 : (int)Math.Clamp(until - Environment.TickCount64, 0, int.MaxValue);

                // SAFETY: one pollfd on this stack, counted as one.
                int ready = libc_poll.poll(&one, 1, left);
                if (ready > 0)
                {
                    return true;
                }

                if (ready == 0)
                {
                    return false;
                }

                Errno errno = Errno.Last;
                if (errno.Value != Errno.EINTR)
                {
                    throw new KernelException($"poll(pidfd of {Pid})", errno);
                }
            }
        }
        finally
        {
            if (held)
            {
                Handle.DangerousRelease();
            }
        }
    }

    public void Dispose() => Handle.Dispose();
}
