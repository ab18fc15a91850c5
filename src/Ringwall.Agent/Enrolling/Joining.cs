using Ringwall.Agent.Fetching;
using Ringwall.Agent.Talking;
using Ringwall.Trust;
using Ringwall.Wire.Door;
using Ringwall.Wire.Fleet;

namespace Ringwall.Agent.Enrolling;

/// <summary>Makes this machine a device of a fleet, with a join token. Doing it again with the same token gives the same device.</summary>
internal static class Joining
{
    /// <param name="stateDirectory">Where the key is, or will be.</param>
    /// <param name="server">The fleet's server.</param>
    /// <param name="mirrors">Where its static files are, too.</param>
    /// <param name="token">As the operator gave it out.</param>
    /// <param name="name">What people call the machine.</param>
    /// <param name="machine">What the host says of it.</param>
    /// <param name="http">Over which the server is reached.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="AgentException">The server refuses, or cannot be reached; its words are in the message.</exception>
    /// <exception cref="UpdateRejectedException">What it gives as roots are none.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public static async Task<Enrolled> JoinAsync(
        string stateDirectory, Uri server, IReadOnlyList<Uri> mirrors, string token, string name, DoorMachine machine, HttpClient http, CancellationToken stop)
    {
        using DeviceKey key = DeviceKey.Open(stateDirectory);
        EnrolReply reply = await new ServerTalk(http, server).EnrolAsync(
            new EnrolRequest
            {
                JoinToken = token,
                PublicKey = key.PublicKey,
                Proof = key.Sign(DeviceProof.Enrol(token, key.PublicKey)),
                Name = name,
                Cell = machine.Cell,
                Host = machine.Host,
            },
            stop).ConfigureAwait(false);
        if (reply.Device != key.Device)
        {
            throw new AgentException($"{server} calls this device {reply.Device}, and its key makes it {key.Device}");
        }

        (byte[] vendors, byte[] director) = (Root(reply.Roots.Vendors), Root(reply.Roots.Director));
        Spool spool = new(stateDirectory);
        spool.Clear();
        RepositoryMirror.Begin(stateDirectory, DoorLimits.Vendors, vendors, spool);
        RepositoryMirror.Begin(stateDirectory, DoorLimits.Director, director, spool);
        Enrolled enrolled = new()
        {
            Server = server,
            Mirrors = mirrors,
            Device = reply.Device,
            Ring = reply.Ring,
            Site = reply.Site,
            Seat = reply.Seat,
            PaceMilliseconds = reply.PaceMilliseconds,
            ReportMinutes = reply.ReportMinutes,
            VendorsRoot = DigestSet.Of(vendors).Preferred!,
            DirectorRoot = DigestSet.Of(director).Preferred!,
        };
        enrolled.Write(stateDirectory);
        return enrolled;
    }

    private static byte[] Root(string base64)
    {
        byte[] root = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, root, out int length) || length > TrustLimits.Default.RootBytes)
        {
            throw new AgentException("a root of the server is not base64, or too long");
        }

        byte[] whole = root[..length];
        _ = RootMetadata.ReadTrusted(whole);
        return whole;
    }
}
