using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.sys_epoll;

namespace Ringwall.Kernel.Polling;

/// <summary>Wakes a thread that waits in <see cref="Epoll"/> or <see cref="Poll"/>. eventfd(2).</summary>
public sealed unsafe class WakeUp : IDisposable
{
    public WakeUp()
    {
        Handle = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (Handle.IsInvalid)
        {
            KernelException.Throw("eventfd");
        }
    }

    /// <summary>Readable from the first <see cref="Set"/> until <see cref="Clear"/>.</summary>
    public SafeFileHandle Handle { get; }

    public void Set()
    {
        ulong one = 1;
        // EAGAIN: the counter is full, so it is set.
        _ = libc_unistd.write((int)Handle.DangerousGetHandle(), &one, sizeof(ulong));
    }

    public void Clear()
    {
        ulong count;
        // EAGAIN: it was not set.
        _ = libc_unistd.read((int)Handle.DangerousGetHandle(), &count, sizeof(ulong));
    }

    public void Dispose() => Handle.Dispose();
}
