using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Ringwall.Host.Control;

/// <summary>Who is at the other end of a Unix socket, by the kernel's word at the time of connect(2).</summary>
internal sealed record ControlPeer(int Pid, int Uid, IReadOnlyList<int> Groups)
{
    // sys/socket.h and asm-generic/socket.h: unix(7), SO_PEERCRED; SO_PEERGROUPS since Linux 4.13.
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int SoPeerGroups = 59;
    private const int GroupsAtMost = 65_536;    // NGROUPS_MAX, limits.h

    public static ControlPeer Of(Socket socket)
    {
        // struct ucred: pid, uid, gid.
        Span<byte> credentials = stackalloc byte[12];
        socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        ReadOnlySpan<int> fields = MemoryMarshal.Cast<byte, int>(credentials);
        return new ControlPeer(fields[0], fields[1], [fields[2], .. SupplementaryGroups(socket)]);
    }

    /// <summary>Root, or a member of the group that the operator made for it.</summary>
    public bool MayControl(int? group) => Uid == 0 || (group is { } given && Groups.Contains(given));

    private static int[] SupplementaryGroups(Socket socket)
    {
        byte[] groups = new byte[64 * sizeof(int)];
        while (true)
        {
            try
            {
                int length = socket.GetRawSocketOption(SolSocket, SoPeerGroups, groups);
                return MemoryMarshal.Cast<byte, int>(groups.AsSpan(0, length)).ToArray();
            }
            catch (SocketException) when (groups.Length < GroupsAtMost * sizeof(int))
            {
                // ERANGE: there are more. An old kernel refuses with ENOPROTOOPT, and then goes on refusing until the loop ends.
                groups = new byte[groups.Length * 8];
            }
            catch (SocketException)
            {
                return [];
            }
        }
    }
}
