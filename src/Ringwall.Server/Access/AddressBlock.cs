using System.Net;
using System.Net.Sockets;

namespace Ringwall.Server.Access;

/// <summary>Whom requests from an address are counted to, where they are counted. One customer has at least a /64 of IPv6, and each of its addresses at hand.</summary>
internal static class AddressBlock
{
    /// <returns>"2001:db8::/64" or "192.0.2.7"; empty where there is no address.</returns>
    public static string Of(IPAddress? address)
    {
        if (address is not { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false })
        {
            return address?.MapToIPv4().ToString() ?? "";
        }

        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
