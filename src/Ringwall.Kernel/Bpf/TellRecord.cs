using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ringwall.Kernel.Abi;
using Ringwall.Kernel.Mounts;
using Ringwall.Kernel.Tells;

namespace Ringwall.Kernel.Bpf;

/// <summary>Takes one record of our BPF programs apart. A record that is not as Bpf/tells.h has it is refused as a whole.</summary>
internal readonly ref struct TellRecord
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly tell_head _head;

    private TellRecord(ReadOnlySpan<byte> bytes, scoped in tell_head head)
    {
        _bytes = bytes;
        _head = head;
    }

    public uint Kind => _head.kind;

    public ulong Time => _head.time;

    public TellSource Source => _head.kind == bpf_tells.TELL_CONNECT ? TellSource.Network : TellSource.Process;

    public ProcessFacts Process
    {
        get
        {
            ref readonly tell_process p = ref _head.process;
            return new ProcessFacts((int)p.pid, p.start, (int)p.parent_pid, p.parent_start, p.euid, p.egid);
        }
    }

    public static bool TryOpen(ReadOnlySpan<byte> bytes, out TellRecord record)
    {
        // The ring keeps records apart by 8 bytes, so that the length it gives is the record's own.
        record = MemoryMarshal.TryRead(bytes, out tell_head head) && head.size == (uint)bytes.Length ? new TellRecord(bytes, head) : default;
        return !record._bytes.IsEmpty;
    }

    public bool TryFork(out int forkerPid, out ulong forkerStart)
    {
        bool fits = TryWhole(bpf_tells.TELL_FORK, out tell_fork fork);
        forkerPid = (int)fork.forker_pid;
        forkerStart = fork.forker_start;
        return fits;
    }

    public bool TryExit(out int status)
    {
        bool fits = TryWhole(bpf_tells.TELL_EXIT, out tell_exit exit);
        status = (int)exit.code;
        return fits;
    }

    public bool TryConnect(out ConnectFacts target)
    {
        target = default;
        if (!TryWhole(bpf_tells.TELL_CONNECT, out tell_connect connect))
        {
            return false;
        }

        ReadOnlySpan<byte> address = _bytes.Slice(Unsafe.SizeOf<tell_head>(), 16);
        target = new ConnectFacts
        {
            Address = connect.family == AddressFamilies.Inet ? address[..4] : AddressFamilies.Unmap(address),
            Port = (ushort)connect.port,
            Protocol = (byte)connect.protocol,
        };
        return true;
    }

    /// <param name="parts">The fixed part.</param>
    /// <param name="executable">Names, innermost first.</param>
    /// <param name="directory">Names, innermost first.</param>
    /// <param name="arguments">As the process has them.</param>
    public bool TryExec(
        out tell_exec parts, out ReadOnlySpan<byte> executable, out ReadOnlySpan<byte> directory, out ReadOnlySpan<byte> arguments)
    {
        executable = directory = arguments = default;
        if (_head.kind != bpf_tells.TELL_EXEC || !MemoryMarshal.TryRead(_bytes, out parts))
        {
            parts = default;
            return false;
        }

        ReadOnlySpan<byte> rest = _bytes[Unsafe.SizeOf<tell_exec>()..];
        if ((ulong)parts.exe_length + parts.cwd_length + parts.args_length != (ulong)rest.Length)
        {
            return false;
        }

        executable = rest[..(int)parts.exe_length];
        directory = rest.Slice((int)parts.exe_length, (int)parts.cwd_length);
        arguments = rest[((int)parts.exe_length + (int)parts.cwd_length)..];
        return true;
    }

    public static ulong Device(in tell_exec exec) => DeviceNumber.FromKernel(exec.device).Packed;

    private bool TryWhole<T>(uint kind, out T parts)
        where T : unmanaged
    {
        parts = default;
        return _head.kind == kind && _bytes.Length == Unsafe.SizeOf<T>() && MemoryMarshal.TryRead(_bytes, out parts);
    }
}
