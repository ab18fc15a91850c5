using System.Net.Sockets;
using System.Text.Json;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Museum.Staging;

// Owns:    a connection to the control socket, opened anew when the host has changed.
// Threads: one at a time.

/// <summary>Asks a host through its control socket, quickly enough to see what happens within milliseconds.</summary>
internal sealed class HostLine(string runDirectory) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private Socket? _socket;
    private StreamReader? _lines;

    /// <returns>Null while no host answers.</returns>
    public HostStatus? Status() => Ask(new ControlRequest { Do = ControlVerb.Status })?.Status;

    /// <summary>The first line of the answer.</summary>
    public ControlReply? Ask(ControlRequest request)
    {
        try
        {
            Connect();
            _socket!.Send([.. JsonSerializer.SerializeToUtf8Bytes(request, ControlRequestJson.Default.ControlRequest), (byte)'\n']);
            ControlReply? first = null;
            while (_lines!.ReadLine() is { } line)
            {
                ControlReply? reply = JsonSerializer.Deserialize(line, ControlReplyJson.Default.ControlReply);
                first ??= reply;
                if (reply is null or { End: true } or { Error: not null })
                {
                    return first;
                }
            }
        }
        catch (Exception gone) when (gone is SocketException or IOException or JsonException)
        {
            // The host has ended or is being replaced: the caller asks again.
        }

        Dispose();
        return null;
    }

    public void Dispose()
    {
        _lines?.Dispose();
        _socket?.Dispose();
        (_lines, _socket) = (null, null);
    }

    private void Connect()
    {
        if (_socket is not null)
        {
            return;
        }

        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = (int)Patience.TotalMilliseconds, SendTimeout = (int)Patience.TotalMilliseconds };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(Path.Combine(runDirectory, ControlLimits.SocketName)));
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        _socket = socket;
        _lines = new StreamReader(new NetworkStream(socket));
    }
}
