using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Processes;

// Owns:         the pidfd of one child, and the duty to reap it.
// Does not own: the child's life. Disposing neither ends nor reaps it; TryKill and TryWait do.
// Threads:      any; TryWait by one thread at a time.

/// <summary>A child of this process, started by <see cref="Spawn"/>.</summary>
public sealed class ChildProcess : IDisposable
{
    private ExitStatus? _ended;

    internal ChildProcess(Pidfd pidfd) => Pidfd = pidfd;

    public Pidfd Pidfd { get; }

    public int Pid => Pidfd.Pid;

    /// <returns>False when it has ended already.</returns>
    public bool TrySignal(int signal) => _ended is null && Pidfd.TrySignal(signal);

    /// <returns>False when it has ended already.</returns>
    public bool TryKill() => TrySignal(Signals.Kill);

    /// <summary>Waits for the end of the child and reaps it. Once it returned true it always does, with the same status.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever; zero only looks.</param>
    /// <param name="status">How it ended, when it has.</param>
    public bool TryWait(TimeSpan timeout, out ExitStatus status)
    {
        if (_ended is null && Pidfd.WaitForEnd(timeout))
        {
            _ended = Reap();
        }

        status = _ended ?? default;
        return _ended is not null;
    }

    public void Dispose() => Pidfd.Dispose();

    private unsafe ExitStatus Reap()
    {
        siginfo_child ended = default;
        bool held = false;
        Pidfd.Handle.DangerousAddRef(ref held);
        try
        {
            uint fd = (uint)Pidfd.Handle.DangerousGetHandle();

            // SAFETY: waitid fills one siginfo_t, which siginfo_child is in size and layout (ABI test).
            while (sys_wait.waitid(sys_wait.P_PIDFD, fd, &ended, sys_wait.WEXITED) != 0)
            {
                Errno errno = Errno.Last;
                if (errno.Value != Errno.EINTR)
                {
                    throw new KernelException($"waitid({Pid})", errno, "Somebody else reaped our child, or SIGCHLD is ignored.");
                }
            }
        }
        finally
        {
            if (held)
            {
                Pidfd.Handle.DangerousRelease();
            }
        }

        return ended.si_code == sys_wait.CLD_EXITED ? new ExitStatus(ended.si_status, 0) : new ExitStatus(0, ended.si_status);
    }
}
