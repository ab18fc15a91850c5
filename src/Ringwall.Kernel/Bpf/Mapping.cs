using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.sys_mman;

namespace Ringwall.Kernel.Bpf;

/// <summary>Shared memory of a BPF map.</summary>
internal sealed unsafe class Mapping : IDisposable
{
    private readonly int _length;
    private nint _start;

    public Mapping(SafeFileHandle map, int length, int protection, long offset, string what)
    {
        _length = length;
        _start = mmap(0, (nuint)length, protection, MAP_SHARED, (int)map.DangerousGetHandle(), offset);
        if (_start == -1)
        {
            KernelException.Throw($"mmap({what}, {length} bytes)", "The limit on locked memory or on a container's memory may be too low.");
        }
    }

    /// <summary>Valid until this is disposed.</summary>
    public byte* Start => (byte*)_start;

    public void Dispose()
    {
        nint start = Interlocked.Exchange(ref _start, 0);
        if (start != 0)
        {
            _ = munmap(start, (nuint)_length);
        }
    }
}
