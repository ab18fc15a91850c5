using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Ringwall.Wire.Control;

namespace Ringwall.Cli.Tests;

/// <summary>A control socket that answers as it is told. Keeps what it was asked.</summary>
internal sealed class FakeHost : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<ControlRequest, IEnumerable<ControlReply>> _answer;
    private readonly Task _serving;

    /// <param name="answer">From a request to the lines of its answer, without the end.</param>
    /// <param name="runDirectory">Where to listen; a folder of its own when null. Removed at the end.</param>
    public FakeHost(Func<ControlRequest, IEnumerable<ControlReply>> answer, string? runDirectory = null)
    {
        _answer = answer;
        RunDirectory = runDirectory ?? Directory.CreateTempSubdirectory("ringwall-cli-").FullName;
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(RunDirectory, ControlLimits.SocketName)));
        _listener.Listen();
        _serving = Task.Run(ServeAsync);
    }

    public string RunDirectory { get; }

    public List<ControlRequest> Asked { get; } = [];

    public Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.OfAsync([.. arguments, "--run-dir", RunDirectory]);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        if (Directory.Exists(RunDirectory))
        {
            Directory.Delete(RunDirectory, recursive: true);
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptAsync(_stop.Token));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException or IOException or SocketException)
        {
            // The test, or its client, is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            using StreamReader lines = new(new NetworkStream(client, ownsSocket: true));
            while (await lines.ReadLineAsync(_stop.Token) is { } line)
            {
                ControlRequest request = JsonSerializer.Deserialize(line, ControlRequestJson.Default.ControlRequest)!;
                lock (Asked)
                {
                    Asked.Add(request);
                }

                bool failed = false;
                foreach (ControlReply reply in _answer(request))
                {
                    failed |= reply.Error is not null;
                    await SendAsync(client, reply);
                }

                if (!failed)
                {
                    await SendAsync(client, ControlReply.TheEnd);
                }
            }
        }
        catch (Exception over) when (over is OperationCanceledException or IOException or SocketException)
        {
            // The test, or its client, is over.
        }
    }

    private static async Task SendAsync(Socket client, ControlReply reply) =>
        await client.SendAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(reply, ControlReplyJson.Lines.ControlReply) + "\n"));
}
