using System.Text;
using Ringwall.Contract;
using Ringwall.Sdk.Running;

namespace Ringwall.Sdk;

/// <summary>
/// Something that the host shall do. It does so only if the sensor's manifest names the right (<c>"rights"</c>), the operator granted it, the budget has
/// room and nothing protected is touched; whatever it does it can undo, but for a kill. See <see cref="Sensor.Request"/>.
/// </summary>
public sealed class ResponseRequest : IOutgoing
{
    private uint _pid;
    private ulong _start;
    private byte[] _path = [];
    private ulong _device;
    private ulong _inode;
    private ulong _ticket;

    private ResponseRequest(ResponseKind kind) => Kind = kind;

    /// <summary>What shall be done.</summary>
    public ResponseKind Kind { get; }

    /// <summary>Why, for people. What is beyond 1024 bytes of UTF-8 is cut.</summary>
    public string Reason { get; private init; } = "";

    internal ulong Number { get; set; }

    /// <summary>Kill the process that asks.</summary>
    public static ResponseRequest Kill(in Ask ask, string reason) => new(ResponseKind.Kill)
    {
        Reason = reason,
        _pid = ask.Process.Start == 0 ? 0 : ask.Process.Pid,        // without a start the host looks it up by the ticket
        _start = ask.Process.Start,
        _ticket = ask.Ticket,
    };

    /// <summary>Kill a process, such as the actor of an event. One that has the same pid but another start is left alone.</summary>
    /// <param name="pid">As the sensor was told.</param>
    /// <param name="start">Nanoseconds of CLOCK_BOOTTIME, as the sensor was told.</param>
    /// <param name="reason">Why, for people.</param>
    public static ResponseRequest Kill(uint pid, ulong start, string reason) => new(ResponseKind.Kill) { Reason = reason, _pid = pid, _start = start };

    /// <summary>Move the file that is asked about into the vault.</summary>
    public static ResponseRequest Quarantine(in Ask ask, string reason) => About(ResponseKind.Quarantine, ask, reason);

    /// <summary>Move a file into the vault, such as that of an event. Another file at the same path is left alone.</summary>
    /// <param name="path">Absolute, as the sensor was told; 1 to 4096 bytes.</param>
    /// <param name="device">As the sensor was told.</param>
    /// <param name="inode">As the sensor was told.</param>
    /// <param name="reason">Why, for people.</param>
    public static ResponseRequest Quarantine(ReadOnlySpan<byte> path, ulong device, ulong inode, string reason) =>
        About(ResponseKind.Quarantine, path, device, inode, reason);

    /// <summary>Deny the file that is asked about, and all others with its bytes, to everybody.</summary>
    public static ResponseRequest Block(in Ask ask, string reason) => About(ResponseKind.Block, ask, reason);

    /// <inheritdoc cref="Block(in Ask, string)"/>
    /// <param name="path">Absolute, as the sensor was told; 1 to 4096 bytes.</param>
    /// <param name="device">As the sensor was told.</param>
    /// <param name="inode">As the sensor was told.</param>
    /// <param name="reason">Why, for people.</param>
    public static ResponseRequest Block(ReadOnlySpan<byte> path, ulong device, ulong inode, string reason) =>
        About(ResponseKind.Block, path, device, inode, reason);

    /// <summary>Cut the machine off the network, but for itself and what the operator exempted, until a person ends it.</summary>
    public static ResponseRequest Isolate(string reason) => new(ResponseKind.Isolate) { Reason = reason };

    int IOutgoing.Write(Span<byte> into) => new RequestMessage
    {
        Number = Number,
        Kind = Kind,
        Pid = _pid,
        Start = _start,
        Path = _path,
        Device = _device,
        Inode = _inode,
        Ticket = _ticket,
        Reason = TextCut.To(Reason, Protocol.MaxReasonBytes),
    }.Write(into);

    private static ResponseRequest About(ResponseKind kind, in Ask ask, string reason) => new(kind)
    {
        Reason = reason,
        _path = ask.PathBytes.ToArray(),
        _device = ask.Device,
        _inode = ask.Inode,
        _ticket = ask.Ticket,
    };

    private static ResponseRequest About(ResponseKind kind, ReadOnlySpan<byte> path, ulong device, ulong inode, string reason)
    {
        ArgumentOutOfRangeException.ThrowIfZero(path.Length, nameof(path));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(path.Length, Protocol.MaxPathBytes, nameof(path));
        return new ResponseRequest(kind) { Reason = reason, _path = path.ToArray(), _device = device, _inode = inode };
    }
}
