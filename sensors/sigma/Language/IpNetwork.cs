using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Ringwall.Sensors.Sigma.Language;

/// <summary>
/// A network in CIDR notation. An IPv4 network has IPv4 addresses only, an IPv6 network IPv6 addresses only: an address mapped into the other family is
/// a different address here.
/// </summary>
internal readonly record struct IpNetwork
{
    private static readonly SearchValues<char> V6Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    private readonly bool _isV4;
    private readonly UInt128 _prefix;
    private readonly UInt128 _mask;

    private IpNetwork(bool isV4, UInt128 prefix, UInt128 mask) => (_isV4, _prefix, _mask) = (isV4, prefix, mask);

    /// <summary>Reads <c>10.0.0.0/8</c>, <c>fe80::/10</c>, or a single address. Bits beyond the prefix must be zero: a slip there is a slip in the rule.</summary>
    public static bool TryParse(string text, out IpNetwork network, out string why)
    {
        network = default;
        int slash = text.IndexOf('/');
        string address = slash < 0 ? text : text[..slash];
        if (!TryParseAddress(address, out bool isV4, out UInt128 bits))
        {
            why = $"'{address}' is not an IPv4 or IPv6 address";
            return false;
        }

        int width = isV4 ? 32 : 128;
        int length = width;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > width))
        {
            why = $"'{text[(slash + 1)..]}' is not a prefix length from 0 to {width}";
            return false;
        }

        UInt128 all = isV4 ? uint.MaxValue : UInt128.MaxValue;
        UInt128 mask = length == 0 ? 0 : (all << (width - length)) & all;
        if ((bits & ~mask) != 0)
        {
            why = $"'{text}' has bits set beyond its prefix";
            return false;
        }

        why = "";
        network = new IpNetwork(isV4, bits, mask);
        return true;
    }

    public bool Contains(ReadOnlySpan<char> address) =>
        TryParseAddress(address, out bool isV4, out UInt128 bits) && isV4 == _isV4 && (bits & _mask) == _prefix;

    /// <summary>Four decimal numbers without leading zeros, or RFC 4291 text without zone. The framework's parser takes far more (hexadecimal, ports, brackets).</summary>
    private static bool TryParseAddress(ReadOnlySpan<char> text, out bool isV4, out UInt128 bits)
    {
        isV4 = !text.Contains(':');
        bits = 0;
        if (isV4)
        {
            bool read = TryParseV4(text, out uint v4);
            bits = v4;
            return read;
        }

        if (text.Length > 45 || text.ContainsAnyExcept(V6Characters))
        {
            return false;
        }

        if (!IPAddress.TryParse(text, out IPAddress? parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        parsed.TryWriteBytes(bytes, out _);
        bits = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return true;
    }

    private static bool TryParseV4(ReadOnlySpan<char> text, out uint address)
    {
        address = 0;
        int parts = 0;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> part = text[range];
            bool leadingZero = part.Length > 1 && part[0] == '0';
            if (parts == 4 || leadingZero || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out byte value))
            {
                return false;
            }

            address = (address << 8) | value;
            parts++;
        }

        return parts == 4;
    }
}
