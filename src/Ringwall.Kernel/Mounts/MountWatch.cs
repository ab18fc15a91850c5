using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.libc_poll;

namespace Ringwall.Kernel.Mounts;

// Owns:         a descriptor of /proc/self/mountinfo, which remembers up to which change it has reported (proc_pid_mountinfo(5)).
// Does not own: the table; read that after each change.
// Threads:      one at a time.
// Ordering:     take the change first, read the table afterwards: a change in between is reported once more, never missed.

/// <summary>Tells that something was mounted, moved, remounted or unmounted.</summary>
public sealed class MountWatch : IDisposable
{
    private readonly SafeFileHandle _mountinfo;

    public MountWatch() =>
        _mountinfo = File.OpenHandle("/proc/self/mountinfo", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

    /// <summary>For somebody who polls several descriptors. A change shows as an error (POLLERR) and POLLPRI; it is always readable.</summary>
    public SafeFileHandle Descriptor => _mountinfo;

    /// <summary>Waits for a change, at most this long. Changes since the last true are reported by one true.</summary>
    public bool Wait(TimeSpan atMost)
    {
        pollfd asked = new() { fd = (int)_mountinfo.DangerousGetHandle(), events = POLLPRI };
        int answer;

        // SAFETY: one pollfd, on this stack, and a count of one.
        unsafe
        {
            answer = poll(&asked, 1, (int)Math.Clamp(atMost.TotalMilliseconds, 0, int.MaxValue));
        }

        if (answer < 0 && Errno.Last.Value != Errno.EINTR)
        {
            KernelException.Throw("poll(/proc/self/mountinfo)");
        }

        return answer > 0;
    }

    public void Dispose() => _mountinfo.Dispose();
}
