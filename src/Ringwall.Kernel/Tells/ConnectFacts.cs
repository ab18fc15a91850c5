namespace Ringwall.Kernel.Tells;

/// <summary>Where to. Spans are valid during the call that brings them.</summary>
public readonly ref struct ConnectFacts
{
    /// <summary>4 or 16 bytes in network order. An IPv4 address that was asked for through an IPv6 socket has 4.</summary>
    public ReadOnlySpan<byte> Address { get; init; }

    public ushort Port { get; init; }

    /// <summary>IPPROTO_TCP is 6, IPPROTO_UDP 17.</summary>
    public byte Protocol { get; init; }
}
