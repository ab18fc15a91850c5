using System.Net.Sockets;
using System.Text.Json;
using Ringwall.Wire.Door;

namespace Ringwall.Agent.Talking;

/// <summary>The host, through its door for the agent. Each question is a connection of its own: the host may be another by the next one.</summary>
internal sealed class HostDoor(string runDirectory)
{
    // A package of a gigabyte is unpacked, flushed and verified meanwhile.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly string _path = Path.Combine(runDirectory, DoorLimits.SocketName);

    /// <exception cref="AgentException">No host answers, or it refuses; its words are in the message.</exception>
    public async Task<DoorReply> AskAsync(DoorRequest request, CancellationToken stop)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_path), limit.Token).ConfigureAwait(false);
            ReadOnlyMemory<byte> left = (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(request, DoorJson.Default.DoorRequest), (byte)'\n'];
            while (!left.IsEmpty)
            {
                left = left[await socket.SendAsync(left, SocketFlags.None, limit.Token).ConfigureAwait(false)..];
            }

            byte[] line = new byte[16 * 1024];
            for (int filled = 0; filled <= DoorLimits.ReplyBytes;)
            {
                int count = await socket.ReceiveAsync(line.AsMemory(filled), SocketFlags.None, limit.Token).ConfigureAwait(false);
                int newline = line.AsSpan(filled, count).IndexOf((byte)'\n');
                if (newline >= 0)
                {
                    return JsonSerializer.Deserialize(line.AsSpan(0, filled + newline), DoorJson.Default.DoorReply) ?? throw new JsonException("it is null");
                }

                filled += count > 0 ? count : throw new IOException("the host broke off");
                Array.Resize(ref line, filled == line.Length ? line.Length * 2 : line.Length);
            }

            throw new IOException("the host's answer has no end");
        }
        catch (Exception gone) when (gone is SocketException or IOException or JsonException || (gone is OperationCanceledException && !stop.IsCancellationRequested))
        {
            throw new AgentException($"the host at {_path}: {(gone is OperationCanceledException ? "no answer in time" : gone.Message.TrimEnd('.'))}", gone);
        }
    }
}
