using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.sys_epoll;

namespace Ringwall.Kernel.Polling;

/// <summary>What one descriptor is ready for.</summary>
public readonly record struct Readiness(int Tag, bool Readable, bool Writable, bool HungUp);

/// <summary>Waits for many descriptors at once, level-triggered, without allocating. epoll(7).</summary>
public sealed unsafe class Epoll : IDisposable
{
    // struct epoll_event is packed on x86-64 (12 bytes) and aligned elsewhere (16 bytes); epoll_ctl(2).
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - 8;

    private readonly SafeFileHandle _handle;
    private readonly byte[] _events;
    private readonly int _fd;

    /// <param name="most">How many ready descriptors one wait can tell about.</param>
    public Epoll(int most)
    {
        _handle = epoll_create1(EPOLL_CLOEXEC);
        if (_handle.IsInvalid)
        {
            KernelException.Throw("epoll_create1");
        }

        _fd = (int)_handle.DangerousGetHandle();
        _events = GC.AllocateArray<byte>(most * EventSize, pinned: true);
    }

    /// <summary>Starts to watch. <paramref name="tag"/> comes back from <see cref="Ready"/>.</summary>
    public void Add(SafeHandle watched, int tag, bool readable = true, bool writable = false) =>
        Control(EPOLL_CTL_ADD, watched, tag, readable, writable);

    /// <summary>Changes what is watched for. Hang-up is always told.</summary>
    public void Change(SafeHandle watched, int tag, bool readable, bool writable = false) =>
        Control(EPOLL_CTL_MOD, watched, tag, readable, writable);

    public void Remove(SafeHandle watched)
    {
        if (epoll_ctl(_fd, EPOLL_CTL_DEL, (int)watched.DangerousGetHandle(), null) != 0)
        {
            KernelException.Throw("epoll_ctl(DEL)");
        }
    }

    /// <summary>Waits until something is ready, or the time is over.</summary>
    /// <param name="milliseconds">-1 waits without limit.</param>
    /// <returns>How many are ready; ask <see cref="Ready"/> for each. 0 when the time is over or a signal came.</returns>
    public int Wait(int milliseconds)
    {
        fixed (byte* events = _events)
        {
            int ready = epoll_wait(_fd, events, _events.Length / EventSize, milliseconds);
            if (ready >= 0)
            {
                return ready;
            }

            if (Errno.Last.Value != Errno.EINTR)
            {
                KernelException.Throw("epoll_wait");
            }

            return 0;
        }
    }

    /// <summary>The <paramref name="index"/>th of what the last wait returned.</summary>
    public Readiness Ready(int index)
    {
        ReadOnlySpan<byte> one = _events.AsSpan(index * EventSize, EventSize);
        uint bits = MemoryMarshal.Read<uint>(one);
        int tag = (int)MemoryMarshal.Read<ulong>(one[DataOffset..]);
        return new Readiness(tag, (bits & EPOLLIN) != 0, (bits & EPOLLOUT) != 0, (bits & (EPOLLHUP | EPOLLERR)) != 0);
    }

    public void Dispose() => _handle.Dispose();

    private void Control(int operation, SafeHandle watched, int tag, bool readable, bool writable)
    {
        byte* one = stackalloc byte[16];
        *(uint*)one = (readable ? EPOLLIN : 0) | (writable ? EPOLLOUT : 0);
        *(ulong*)(one + DataOffset) = (uint)tag;
        if (epoll_ctl(_fd, operation, (int)watched.DangerousGetHandle(), one) != 0)
        {
            KernelException.Throw("epoll_ctl");
        }
    }
}
