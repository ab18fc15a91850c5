using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Ringwall.Wire.Control;

namespace Ringwall.Host.Tests.Control;

/// <summary>A raw client, able to be rude.</summary>
internal sealed class ControlClientForTests : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 };
    private readonly List<byte> _read = [];

    public ControlClientForTests(string runDirectory) => _socket.Connect(new UnixDomainSocketEndPoint(Path.Combine(runDirectory, ControlLimits.SocketName)));

    public void SendRaw(string text) => _socket.Send(Encoding.UTF8.GetBytes(text));

    public void Send(string requestJson) => SendRaw(requestJson + "\n");

    /// <summary>The next reply; null when the host has closed.</summary>
    public ControlReply? Next()
    {
        byte[] buffer = new byte[4096];
        int newline;
        while ((newline = _read.IndexOf((byte)'\n')) < 0)
        {
            int count = Receive(buffer);
            if (count == 0)
            {
                return null;
            }

            _read.AddRange(buffer.AsSpan(0, count));
        }

        byte[] line = [.. _read.Take(newline)];
        _read.RemoveRange(0, newline + 1);
        return JsonSerializer.Deserialize(line, ControlReplyJson.Default.ControlReply);
    }

    /// <summary>All lines of one answer, without the closing one.</summary>
    public List<ControlReply> Answer(string requestJson)
    {
        Send(requestJson);
        List<ControlReply> replies = [];
        while (Next() is { } reply)
        {
            if (reply.End is true)
            {
                return replies;
            }

            replies.Add(reply);
            if (reply.Error is not null)
            {
                return replies;
            }
        }

        throw new InvalidOperationException("the host closed in the middle of an answer");
    }

    public void CloseForWriting() => _socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => _socket.Dispose();

    private int Receive(byte[] buffer)
    {
        try
        {
            return _socket.Receive(buffer);
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }
}
