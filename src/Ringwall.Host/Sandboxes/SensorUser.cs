using System.Text;

namespace Ringwall.Host.Sandboxes;

/// <summary>
/// The user and group that a sensor runs as: its own, nobody else's, the same at every start. 0x7000_0000 and the 2^24 numbers above are
/// what systemd's list of user numbers calls unused (systemd.io/UIDS-GIDS): no account, no container and no dynamic user is there.
/// </summary>
internal static class SensorUser
{
    public const uint First = 0x7000_0000;
    private const uint Count = 1 << 24;

    /// <summary>By name. Two of 10 names meet with a chance of 1 in 370,000; the crew refuses to start such a pair.</summary>
    public static uint For(string sensor)
    {
        // FNV-1a, 32 bits: no need for more, and every run on every machine gives the same.
        uint hash = 2_166_136_261;
        foreach (byte b in Encoding.UTF8.GetBytes(sensor))
        {
            hash = (hash ^ b) * 16_777_619;
        }

        return First + (hash % Count);
    }
}
