using System.Net.Sockets;
using System.Text.Json;
using Ringwall.Wire.Door;
using Ringwall.Wire.Fleet;
using Ringwall.Wire.Probation;

namespace Ringwall.Server.Tests.Running;

/// <summary>A host on which nothing happens, as far as its agent sees it.</summary>
internal sealed class QuietHost : IDisposable
{
    private static readonly MachineCell Cell = new("debian 12", "6.1", "x64", []);
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public QuietHost(string runDirectory)
    {
        Directory.CreateDirectory(runDirectory);
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(runDirectory, DoorLimits.SocketName)));
        _listener.Listen(16);
        _ = ServeAsync();
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using Socket agent = await _listener.AcceptAsync();
                await using NetworkStream line = new(agent);
                using StreamReader asked = new(line);
                DoorRequest request = JsonSerializer.Deserialize((await asked.ReadLineAsync())!, DoorJson.Default.DoorRequest)!;
                await line.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(Answer(request), DoorJson.Default.DoorReply), (byte)'\n']);
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static DoorReply Answer(DoorRequest request) => request.Do switch
    {
        DoorVerb.Hello => new DoorReply { Machine = new DoorMachine("1", Cell, request.Identity) },
        DoorVerb.Refresh => new DoorReply { Releases = [] },
        _ => new DoorReply
        {
            Facts = new DoorFacts(request.After, new DeviceReport { Sequence = 0, At = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), Boot = "b", Cell = CellName.Of(Cell), Releases = [] }, false, 0),
        },
    };
}
