using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Ringwall.Museum.Replays;
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
    public HostStatus? Status()
    {
        string? line = Ask("""{"do":"status"}""").FirstOrDefault();
        return line is null ? null : JsonSerializer.Deserialize(line, ControlReplyJson.Default.ControlReply)?.Status;
    }

    /// <returns>Empty while no host answers.</returns>
    public IReadOnlyList<GenerationSeen> Generations(string sensor)
    {
        List<GenerationSeen> seen = [];
        foreach (string line in Ask($$"""{"do":"generations","name":"{{sensor}}"}"""))
        {
            using JsonDocument reply = JsonDocument.Parse(line);
            if (reply.RootElement.TryGetProperty("generation", out JsonElement one))
            {
                seen.Add(new GenerationSeen(one.GetProperty("number").GetInt64(), one.GetProperty("state").GetString()!, one.TryGetProperty("why", out JsonElement why) ? why.GetString() : null));
            }
        }

        return seen;
    }

    public void Dispose()
    {
        _lines?.Dispose();
        _socket?.Dispose();
        (_lines, _socket) = (null, null);
    }

    // The lines of the answer but its end; empty when it is an error, or nobody answers.
    private List<string> Ask(string request)
    {
        List<string> lines = [];
        try
        {
            Connect();
            _socket!.Send(Encoding.UTF8.GetBytes(request + "\n"));
            while (_lines!.ReadLine() is { } line)
            {
                if (line.StartsWith("{\"end\"", StringComparison.Ordinal) || line.StartsWith("{\"error\"", StringComparison.Ordinal))
                {
                    return lines;
                }

                lines.Add(line);
            }
        }
        catch (Exception gone) when (gone is SocketException or IOException)
        {
            // The host has ended or is being replaced: the caller asks again.
        }

        Dispose();
        return [];
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
