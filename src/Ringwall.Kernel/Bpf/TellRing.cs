using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.linux_bpf;
using static Ringwall.Kernel.Abi.sys_epoll;
using static Ringwall.Kernel.Abi.sys_mman;

namespace Ringwall.Kernel.Bpf;

// Owns:         the mappings of one BPF ring buffer and of the page that is shared with its programs.
// Does not own: the maps' descriptors.
// Threads:      one consumer at a time; TryRead and Advance under one lock, if several take turns. Wait by one thread only.
// Ordering:     Documentation/bpf/ringbuf.rst. A record's head is stored last (release) by the kernel; we read it first (acquire), and
//               move the consumer position (release) only when we are done with the record.
//               Sleeping: we store "asleep", fence, look for records; the programs add a record, fence (an atomic addition), look for
//               "asleep". One of the two sees the other.
// Memory:       the data is mapped once, not twice in a row as libbpf does, because each mapping counts as resident memory. A record
//               that goes over the end is put together in a buffer.

/// <summary>The reader's end of the ring that the tell programs write.</summary>
internal sealed unsafe class TellRing : IDisposable
{
    private readonly Mapping _consumer;
    private readonly Mapping _producer;
    private readonly Mapping _shared;
    private readonly int _size;
    private readonly SafeFileHandle _epoll;
    private readonly int _epollFd;
    private byte[] _joined = [];

    public TellRing(SafeFileHandle ring, int size, SafeFileHandle shared)
    {
        int page = Environment.SystemPageSize;
        _size = size;
        _consumer = new Mapping(ring, page, PROT_READ | PROT_WRITE, offset: 0, "consumer position");
        _producer = new Mapping(ring, page + size, PROT_READ, offset: page, "ring");
        _shared = new Mapping(shared, page, PROT_READ | PROT_WRITE, offset: 0, "shared page");
        _epoll = epoll_create1(EPOLL_CLOEXEC);
        if (_epoll.IsInvalid)
        {
            KernelException.Throw("epoll_create1");
        }

        // Edge-triggered, so that it says when the programs wake us and not whenever there is something to read.
        _epollFd = (int)_epoll.DangerousGetHandle();
        Watch(ring, EPOLLIN | EPOLLET);
    }

    private ref ulong ConsumerPosition => ref *(ulong*)_consumer.Start;

    private ref ulong ProducerPosition => ref *(ulong*)_producer.Start;

    private byte* Bytes => _producer.Start + Environment.SystemPageSize;

    private ref tell_shared Shared => ref *(tell_shared*)_shared.Start;

    /// <summary>Ends every wait as long as this descriptor is readable.</summary>
    public void AlsoWaitFor(SafeHandle readable) => Watch(readable, EPOLLIN);

    /// <summary>How many bytes in the ring end a pause early.</summary>
    public void SetMuch(int bytes) => Shared.much = (uint)bytes;

    public tell_count Count(int source)
    {
        ref tell_count count = ref source == bpf_tells.TELL_SOURCE_PROCESS ? ref Shared.process : ref Shared.network;

        // Dropped first: it is added before produced, so that the difference is never more than was read or is in the ring.
        ulong dropped = Volatile.Read(ref count.dropped);
        return new tell_count { dropped = dropped, produced = Volatile.Read(ref count.produced) };
    }

    /// <summary>The next record. It stays where it is until <see cref="Advance"/>.</summary>
    public bool TryRead(out ReadOnlySpan<byte> record)
    {
        while (true)
        {
            ulong at = ConsumerPosition;
            if (at >= Volatile.Read(ref ProducerPosition))
            {
                record = default;
                return false;
            }

            int offset = (int)(at & (ulong)(_size - 1));
            uint head = Volatile.Read(ref *(uint*)(Bytes + offset));
            if ((head & BPF_RINGBUF_BUSY_BIT) != 0)
            {
                record = default;
                return false;
            }

            int length = LengthOf(head);
            if (length > _size - BPF_RINGBUF_HDR_SZ)
            {
                throw new InvalidOperationException($"The ring has a record of {length} bytes: our place in it is lost.");
            }

            if ((head & BPF_RINGBUF_DISCARD_BIT) == 0)
            {
                record = At((offset + BPF_RINGBUF_HDR_SZ) & (_size - 1), length);
                return true;
            }

            Advance();
        }
    }

    /// <summary>Gives the space of the current record back.</summary>
    public void Advance()
    {
        ulong at = ConsumerPosition;
        uint head = *(uint*)(Bytes + (int)(at & (ulong)(_size - 1)));
        Volatile.Write(ref ConsumerPosition, at + (ulong)((LengthOf(head) + BPF_RINGBUF_HDR_SZ + 7) & ~7));
    }

    /// <summary>Waits until the programs have something, or the time is over.</summary>
    public void Sleep(int milliseconds)
    {
        Volatile.Write(ref Shared.wake, bpf_tells.TELL_ASLEEP);
        Interlocked.MemoryBarrier();
        ulong at = ConsumerPosition;
        if (at == Volatile.Read(ref ProducerPosition))
        {
            Wait(milliseconds);
        }
        else if ((Volatile.Read(ref *(uint*)(Bytes + (int)(at & (ulong)(_size - 1)))) & BPF_RINGBUF_BUSY_BIT) != 0)
        {
            // Begun but not finished: its program may have looked before we lay down, so nobody will wake us for it.
            Wait(1);
        }

        Volatile.Write(ref Shared.wake, bpf_tells.TELL_AWAKE);
    }

    /// <summary>Lets records gather for so long, unless much gathers.</summary>
    public void Pause(int milliseconds)
    {
        Volatile.Write(ref Shared.wake, bpf_tells.TELL_PAUSING);
        Wait(milliseconds);
        Volatile.Write(ref Shared.wake, bpf_tells.TELL_AWAKE);
    }

    public void Dispose()
    {
        _epoll.Dispose();
        _consumer.Dispose();
        _producer.Dispose();
        _shared.Dispose();
    }

    private static int LengthOf(uint head) => (int)(head & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT));

    private void Wait(int milliseconds)
    {
        byte* events = stackalloc byte[2 * 16];

        // SAFETY: room for two events of at most 16 bytes each.
        if (epoll_wait(_epollFd, events, 2, milliseconds) < 0 && Errno.Last.Value != Errno.EINTR)
        {
            KernelException.Throw("epoll_wait(ring)");
        }
    }

    private ReadOnlySpan<byte> At(int offset, int length)
    {
        // SAFETY: offset and length were checked against the ring's size, and the mapping lives as long as this.
        if (offset + length <= _size)
        {
            return new ReadOnlySpan<byte>(Bytes + offset, length);
        }

        if (_joined.Length < length)
        {
            _joined = new byte[length];
        }

        int first = _size - offset;
        new ReadOnlySpan<byte>(Bytes + offset, first).CopyTo(_joined);
        new ReadOnlySpan<byte>(Bytes, length - first).CopyTo(_joined.AsSpan(first));
        return _joined.AsSpan(0, length);
    }

    private void Watch(SafeHandle watched, uint events)
    {
        byte* one = stackalloc byte[16];
        *(uint*)one = events;
        if (epoll_ctl(_epollFd, EPOLL_CTL_ADD, (int)watched.DangerousGetHandle(), one) != 0)
        {
            KernelException.Throw("epoll_ctl(ring)");
        }
    }
}
