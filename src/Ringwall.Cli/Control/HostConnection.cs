using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Ringwall.Wire;
using Ringwall.Wire.Control;

namespace Ringwall.Cli.Control;

/// <summary>A connection to a running host. One request at a time.</summary>
internal sealed class HostConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly StreamReader _lines;
    private readonly string _path;

    private HostConnection(Socket socket, string path)
    {
        _socket = socket;
        _path = path;
        _lines = new StreamReader(new NetworkStream(socket, ownsSocket: false));
    }

    /// <exception cref="CommandException">No host runs there, or it may not be spoken to.</exception>
    public static async Task<HostConnection> OpenAsync(string runDirectory, CancellationToken stop)
    {
        string path = Path.Combine(runDirectory, ControlLimits.SocketName);
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop).ConfigureAwait(false);
            return new HostConnection(socket, path);
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw refused.SocketErrorCode switch
            {
                SocketError.AccessDenied => new CommandException(
                    ExitCode.NeedsRight, path, "this user may not control the host", "use sudo, or join the group ringwall"),
                _ => new CommandException(
                    ExitCode.NoHost, path, "no host runs here", "start one with `ringwall up`, or name another by --run-dir"),
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            socket.Dispose();
            throw new CommandException(ExitCode.Usage, path, "a socket's path has at most 107 bytes", "name a shorter one by --run-dir");
        }
    }

    /// <summary>The lines of one answer, as they come. What the host refuses is thrown.</summary>
    /// <exception cref="CommandException">The host refused, or went away before it had answered.</exception>
    public async IAsyncEnumerable<ControlReply> AskAsync(ControlRequest request, [EnumeratorCancellation] CancellationToken stop)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(request, ControlRequestJson.Default.ControlRequest), (byte)'\n'];
        try
        {
            await _socket.SendAsync(line, stop).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // It may have told us why before it closed.
        }

        while (true)
        {
            ControlReply reply = await NextAsync(stop).ConfigureAwait(false);
            if (reply.Error is { } error)
            {
                throw new CommandException(error);
            }

            if (reply.End is true)
            {
                yield break;
            }

            yield return reply;
        }
    }

    /// <summary>The one line of an answer that has one.</summary>
    public async Task<ControlReply> AskOneAsync(ControlRequest request, CancellationToken stop)
    {
        ControlReply? one = null;
        await foreach (ControlReply reply in AskAsync(request, stop).ConfigureAwait(false))
        {
            one ??= reply;
        }

        return one ?? throw new CommandException(ExitCode.NotDone, _path, $"the host had nothing to say to '{request.Do}'", "");
    }

    public void Dispose()
    {
        _lines.Dispose();
        _socket.Dispose();
    }

    private async Task<ControlReply> NextAsync(CancellationToken stop)
    {
        string? text;
        try
        {
            text = await _lines.ReadLineAsync(stop).ConfigureAwait(false);
        }
        catch (IOException)
        {
            text = null;
        }

        if (text is null)
        {
            throw new CommandException(ExitCode.NoHost, _path, "the host has gone before it had answered", "`ringwall status` tells whether it is back");
        }

        try
        {
            return JsonSerializer.Deserialize(text, ControlReplyJson.Default.ControlReply) ?? throw new JsonException("null");
        }
        catch (JsonException broken)
        {
            throw new CommandException(ExitCode.NotDone, _path, $"what answers there is no host that this program understands: {broken.Message}", "bring both to one version");
        }
    }
}
