using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Files;

/// <summary>Signals that come with what we do to files.</summary>
public static class LeaseBreaks
{
    /// <summary>
    /// A process that opens a file for writing in the microsecond in which we hold a read lease on it makes the kernel send us SIGIO, which by
    /// default ends the process (signal(7)). It is told by the lease being refused next time, so the signal is of no use.
    /// </summary>
    public static void Ignore()
    {
        nint ignore = 1; // SIG_IGN
        if (libc_sched.signal(libc_sched.SIGIO, ignore) == -1)
        {
            KernelException.Throw("signal(SIGIO)");
        }
    }
}
