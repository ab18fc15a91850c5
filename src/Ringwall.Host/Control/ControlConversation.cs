using System.Net.Sockets;
using System.Text.Json;
using Ringwall.Wire;
using Ringwall.Wire.Control;

namespace Ringwall.Host.Control;

// Owns:         one client's connection.
// Threads:      the pool's. Nothing here is called by the threads that answer the kernel or sensors.
// Bounds:       a request has a greatest length, a silent client a greatest patience, and a client that does not read is cut off.

/// <summary>One client: a request, its answer, the next request.</summary>
internal sealed class ControlConversation(Socket socket, ControlPeer peer, ControlAnswers answers, ControlPatience patience)
{
    private readonly LineReader _lines = new(socket, ControlLimits.RequestBytes);

    /// <param name="closing">No more requests; what is followed ends.</param>
    /// <param name="stop">Now.</param>
    public async Task RunAsync(CancellationToken closing, CancellationToken stop)
    {
        Task<ReadOnlyMemory<byte>?> next = _lines.ReadAsync(closing);
        while (true)
        {
            ReadOnlyMemory<byte>? line;
            try
            {
                line = await next.WaitAsync(patience.ForRequest, closing).ConfigureAwait(false);
            }
            catch (InvalidDataException tooLong)
            {
                await SendAsync(Refused("request", tooLong.Message), stop).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException)
            {
                return;
            }

            if (line is not { } bytes)
            {
                return;
            }

            ControlRequest? request = Read(bytes, out ControlReply? refusal);
            next = _lines.ReadAsync(closing);     // the line's bytes are not needed any more
            if (request is null)
            {
                await SendAsync(refusal!, stop).ConfigureAwait(false);
                continue;
            }

            await AnswerAsync(request, next, closing, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Tells a client that is not let in why, if it listens.</summary>
    public Task RefuseAsync(ErrorReport why, CancellationToken stop) => SendAsync(new ControlReply { Error = why }, stop);

    private async Task AnswerAsync(ControlRequest request, Task next, CancellationToken closing, CancellationToken stop)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(closing, stop);
        Task watch = request.Do is ControlVerb.Events || request.Follow ? CancelAfter(next, over) : Task.CompletedTask;
        bool failed = false;
        await foreach (ControlReply reply in answers.Answer(request, peer, over.Token).ConfigureAwait(false))
        {
            failed = reply.Error is not null;
            await SendAsync(reply, stop).ConfigureAwait(false);
        }

        if (!failed)
        {
            await SendAsync(ControlReply.TheEnd, stop).ConfigureAwait(false);
        }

        await over.CancelAsync().ConfigureAwait(false);
        await watch.ConfigureAwait(false);
    }

    // Whatever a following client does next, another request or closing, ends what it follows.
    private static async Task CancelAfter(Task next, CancellationTokenSource over)
    {
        await Task.WhenAny(next, Task.Delay(Timeout.Infinite, over.Token)).ConfigureAwait(false);
        if (!over.IsCancellationRequested)
        {
            await over.CancelAsync().ConfigureAwait(false);
        }
    }

    private static ControlRequest? Read(ReadOnlyMemory<byte> line, out ControlReply? refusal)
    {
        try
        {
            refusal = null;
            if (JsonSerializer.Deserialize(line.Span, ControlRequestJson.Default.ControlRequest) is { } request)
            {
                return request;
            }

            refusal = Refused("request", "it is null");
        }
        catch (JsonException broken)
        {
            refusal = Refused("request", $"it is not a request in JSON: {broken.Message}");
        }

        return null;
    }

    private static ControlReply Refused(string thing, string reason) =>
        new() { Error = new ErrorReport(ExitCode.Usage, thing, reason, "docs/cli.md, \"The control socket\", describes requests") };

    private async Task SendAsync(ControlReply reply, CancellationToken stop)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(reply, ControlReplyJson.Lines.ControlReply);
        if (json.Length > ControlLimits.ReplyBytes)
        {
            reply = new ControlReply { Error = new ErrorReport(ExitCode.NotDone, "reply", $"it has {json.Length} bytes and is not sent", "") };
            json = JsonSerializer.SerializeToUtf8Bytes(reply, ControlReplyJson.Lines.ControlReply);
        }

        ReadOnlyMemory<byte> left = (byte[])[.. json, (byte)'\n'];
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(patience.ForReading);
        while (!left.IsEmpty)
        {
            left = left[await socket.SendAsync(left, SocketFlags.None, limit.Token).ConfigureAwait(false)..];
        }
    }
}
