namespace Ringwall.Kernel.Bpf;

/// <summary>What the kernel's numbers for address families mean here.</summary>
internal static class AddressFamilies
{
    /// <summary>AF_INET, sys/socket.h.</summary>
    public const uint Inet = 2;

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    /// <summary>
    /// A connection to ::ffff:a.b.c.d is an IPv4 connection (RFC 4291, 2.5.5.2); whoever watches for an address must not have to know both forms.
    /// </summary>
    public static ReadOnlySpan<byte> Unmap(ReadOnlySpan<byte> address) => address.StartsWith(MappedPrefix) ? address[12..] : address;
}
