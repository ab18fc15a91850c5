// Owns:         one memfd of shared memory, mapped: the host writes, the keeper reads.
// Does not own: the meaning of "stuck"; that is the keeper's (HostWatch).
// Threads:      each field has one writer, named beside it. Everything is a single aligned word or byte, so no reader sees half of one.
// Ordering:     the policy is written before the first filesystem is marked, and rewritten whole under a sequence number.
//
// Layout, little endian:  0 magic u32 · 4 version u32 · 8 tick u64 · 16 progress u64 · 24 pending u32 · 28 policy sequence u32 · 32 keeper's tick u64 · 40 keeper reads u32
//                         64 policy (to 64 KiB)  ·  65,536: one byte for each descriptor number, 0 none, 1 allow, 2 deny.

using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using Ringwall.Kernel.Fanotify;
using static Ringwall.Kernel.Abi.sys_mman;

namespace Ringwall.Kernel.Handover;

/// <summary>Shared memory in which the host shows the keeper that it is alive, and leaves what is to be answered if it is not.</summary>
public sealed unsafe class Heartbeat : IDisposable
{
    /// <summary>Descriptor numbers that have a place here. The host keeps its limit below.</summary>
    public const int Descriptors = 65_536;

    private const uint Magic = 0x4C57_5252;
    private const uint Version = 1;
    private const int PolicyAt = 64;
    private const int FallbacksAt = 65_536;
    private const int Bytes = FallbacksAt + Descriptors;

    private readonly byte* _page;

    private Heartbeat(SafeFileHandle handle)
    {
        Handle = handle;
        nint mapped = mmap(0, Bytes, PROT_READ | PROT_WRITE, MAP_SHARED, (int)handle.DangerousGetHandle(), 0);
        if (mapped == -1)
        {
            KernelException.Throw("mmap(heartbeat)");
        }

        // SAFETY: the mapping has Bytes bytes and lives until Dispose; every offset below is a constant, or checked against Descriptors.
        _page = (byte*)mapped;
    }

    public SafeFileHandle Handle { get; }

    /// <summary>Moves while the host's deadline thread lives. Written by that thread alone.</summary>
    public ulong Tick => Volatile.Read(ref *(ulong*)(_page + 8));

    /// <summary>Moves with every turn of the host's answering loop. Written by that thread alone.</summary>
    public ulong Progress => Volatile.Read(ref *(ulong*)(_page + 16));

    /// <summary>Asks that the host has read and not answered. Written by the host's answering thread alone.</summary>
    public uint Pending
    {
        get => Volatile.Read(ref *(uint*)(_page + 24));
        set => Volatile.Write(ref *(uint*)(_page + 24), value);
    }

    /// <summary>Moves while the keeper lives. Written by the keeper's main thread alone.</summary>
    public ulong KeeperTick => Volatile.Read(ref *(ulong*)(_page + 32));

    /// <summary>
    /// A keeper reads the group, or died reading it: then what it had read and not answered waits for a sweep. Written by the keeper's main
    /// thread alone, before it reads and after it has answered everything.
    /// </summary>
    public bool KeeperReads
    {
        get => Volatile.Read(ref *(uint*)(_page + 40)) != 0;
        set => Volatile.Write(ref *(uint*)(_page + 40), value ? 1u : 0);
    }

    public static Heartbeat Create()
    {
        SafeFileHandle handle = memfd_create("ringwall-heartbeat", MFD_CLOEXEC);
        if (handle.IsInvalid || libc_unistd.ftruncate((int)handle.DangerousGetHandle(), Bytes) != 0)
        {
            KernelException.Throw("memfd_create(heartbeat)");
        }

        Heartbeat made = new(handle);
        *(uint*)made._page = Magic;
        *(uint*)(made._page + 4) = Version;
        return made;
    }

    /// <exception cref="KernelException">The descriptor is not a heartbeat of this version.</exception>
    public static Heartbeat Adopt(SafeFileHandle handle)
    {
        Heartbeat adopted = new(handle);
        if (*(uint*)adopted._page != Magic || *(uint*)(adopted._page + 4) != Version)
        {
            adopted.Dispose();
            KernelException.Throw("heartbeat", new Errno(Errno.ESTALE), "Host and keeper are of different versions; stop both and start again");
        }

        return adopted;
    }

    public void Beat() => Volatile.Write(ref *(ulong*)(_page + 8), Tick + 1);

    public void KeeperBeat() => Volatile.Write(ref *(ulong*)(_page + 32), KeeperTick + 1);

    public void MakeProgress() => Volatile.Write(ref *(ulong*)(_page + 16), Progress + 1);

    /// <summary>Notes what is to be answered for this event if the host dies now; null when it has been answered.</summary>
    public void SetFallback(int eventFd, PermissionResponse? response)
    {
        if ((uint)eventFd < Descriptors)
        {
            Volatile.Write(ref _page[FallbacksAt + eventFd], (byte)(response ?? 0));
        }
    }

    /// <summary>What the host left for this event; null when it left nothing.</summary>
    public PermissionResponse? Fallback(int eventFd) => Volatile.Read(ref _page[FallbacksAt + eventFd]) switch
    {
        (byte)PermissionResponse.Allow => PermissionResponse.Allow,
        (byte)PermissionResponse.Deny => PermissionResponse.Deny,
        _ => null,
    };

    /// <summary>Forgets what a dead host left.</summary>
    public void Clear()
    {
        new Span<byte>(_page + FallbacksAt, Descriptors).Clear();
        Pending = 0;
    }

    /// <exception cref="ArgumentException">Does not fit: too many or too long paths.</exception>
    public void WritePolicy(StandInPolicy policy)
    {
        Span<byte> into = new(_page + PolicyAt, FallbacksAt - PolicyAt);
        int need = 8 + policy.Guarded.Sum(path => 2 + path.Length) + (policy.Exempt.Count * 16);
        if (need > into.Length)
        {
            throw new ArgumentException($"The guarded paths take {need} bytes; {into.Length} is the most. Guard a common parent instead.", nameof(policy));
        }

        ref uint sequence = ref *(uint*)(_page + 28);
        Volatile.Write(ref sequence, sequence + 1);     // odd: being written
        into[0] = (byte)policy.Execution;
        into[1] = (byte)policy.Open;
        BinaryPrimitives.WriteUInt16LittleEndian(into[2..], (ushort)policy.Guarded.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(into[4..], (ushort)policy.Exempt.Count);
        int at = 8;
        foreach (byte[] path in policy.Guarded)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(into[at..], (ushort)path.Length);
            path.CopyTo(into[(at + 2)..]);
            at += 2 + path.Length;
        }

        foreach ((ulong device, ulong inode) in policy.Exempt)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(into[at..], device);
            BinaryPrimitives.WriteUInt64LittleEndian(into[(at + 8)..], inode);
            at += 16;
        }

        Volatile.Write(ref sequence, sequence + 1);
    }

    /// <summary>What the last host wrote; everything allowed when none did, or when it died while writing.</summary>
    public StandInPolicy ReadPolicy()
    {
        uint sequence = Volatile.Read(ref *(uint*)(_page + 28));
        if (sequence == 0 || sequence % 2 == 1)
        {
            return StandInPolicy.AllowAll;
        }

        ReadOnlySpan<byte> from = new(_page + PolicyAt, FallbacksAt - PolicyAt);
        List<byte[]> guarded = [];
        List<(ulong, ulong)> exempt = [];
        int at = 8;
        for (int left = BinaryPrimitives.ReadUInt16LittleEndian(from[2..]); left > 0; left--)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(from[at..]);
            guarded.Add(from.Slice(at + 2, length).ToArray());
            at += 2 + length;
        }

        for (int left = BinaryPrimitives.ReadUInt16LittleEndian(from[4..]); left > 0; left--)
        {
            exempt.Add((BinaryPrimitives.ReadUInt64LittleEndian(from[at..]), BinaryPrimitives.ReadUInt64LittleEndian(from[(at + 8)..])));
            at += 16;
        }

        return new StandInPolicy((PermissionResponse)from[0], (PermissionResponse)from[1], guarded, exempt);
    }

    public void Dispose()
    {
        _ = munmap((nint)_page, Bytes);
        Handle.Dispose();
    }
}
