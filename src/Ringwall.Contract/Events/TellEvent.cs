using System.Net;
using System.Text;

namespace Ringwall.Contract;

/// <summary>
/// One tell event as text and lists, for those who do not count allocations. Which members are set depends on the kind.
/// Bytes that are not UTF-8 became replacement characters; <see cref="TellReader"/> has the bytes themselves.
/// </summary>
public sealed record TellEvent
{
    /// <inheritdoc cref="TellReader.Kind"/>
    public required TellEventKind Kind { get; init; }

    /// <inheritdoc cref="TellReader.Source"/>
    public required TellKinds Source { get; init; }

    /// <inheritdoc cref="TellReader.Sequence"/>
    public ulong Sequence { get; init; }

    /// <inheritdoc cref="TellReader.Time"/>
    public ulong Time { get; init; }

    /// <summary>Who did it; null when unknown and for loss.</summary>
    public ProcessRecord? Actor { get; init; }

    /// <summary>Fork: the new process.</summary>
    public ProcessRecord? Child { get; init; }

    /// <inheritdoc cref="TellReader.ExitStatus"/>
    public uint ExitStatus { get; init; }

    /// <summary>File events: the path; of a rename, the old one. Empty otherwise.</summary>
    public string Path { get; init; } = "";

    /// <summary>Rename: the new path. Empty otherwise.</summary>
    public string NewPath { get; init; } = "";

    /// <inheritdoc cref="TellReader.Device"/>
    public ulong Device { get; init; }

    /// <inheritdoc cref="TellReader.Inode"/>
    public ulong Inode { get; init; }

    /// <summary>Connect: the remote address.</summary>
    public IPAddress? Address { get; init; }

    /// <inheritdoc cref="TellReader.Port"/>
    public ushort Port { get; init; }

    /// <inheritdoc cref="TellReader.Transport"/>
    public byte Transport { get; init; }

    /// <inheritdoc cref="TellReader.Lost"/>
    public ulong Lost { get; init; }

    /// <inheritdoc cref="TellReader.LossIsExact"/>
    public bool LossIsExact { get; init; }

    /// <inheritdoc cref="TellReader.LossPlace"/>
    public LossPlace LossPlace { get; init; }

    /// <summary>Encodes and returns the length, as <see cref="TellWriter"/> does; text that is too long is cut. <see cref="Protocol.MaxEventBytes"/> of room are always enough.</summary>
    /// <exception cref="ArgumentException">A member is outside its range, or the span is too small.</exception>
    public int Write(Span<byte> into)
    {
        TellWriter writer = new(into, Kind, Source, Sequence, Time);
        writer.Actor(Actor);
        writer.Child(Child);
        if (ExitStatus != 0)
        {
            writer.ExitStatus(ExitStatus);
        }

        writer.Path(Path);
        writer.NewPath(NewPath);
        writer.File(Device, Inode);
        if (Address is not null)
        {
            writer.Remote(Address.GetAddressBytes(), Port, Transport);
        }

        if (Lost > 0)
        {
            writer.Lost(Lost, LossIsExact, LossPlace);
        }

        return writer.Finish();
    }

    internal static TellEvent From(in TellReader tell) => new()
    {
        Kind = tell.Kind,
        Source = tell.Source,
        Sequence = tell.Sequence,
        Time = tell.Time,
        Actor = tell.Actor.ToRecord(),
        Child = tell.Child.ToRecord(),
        ExitStatus = tell.ExitStatus,
        Path = Encoding.UTF8.GetString(tell.Path),
        NewPath = Encoding.UTF8.GetString(tell.NewPath),
        Device = tell.Device,
        Inode = tell.Inode,
        Address = tell.Address.IsEmpty ? null : new IPAddress(tell.Address),
        Port = tell.Port,
        Transport = tell.Transport,
        Lost = tell.Lost,
        LossIsExact = tell.LossIsExact,
        LossPlace = tell.LossPlace,
    };
}
