using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Ringwall.Trust;
using Ringwall.Wire;
using Ringwall.Wire.Door;
using Ringwall.Wire.Fleet;
using Ringwall.Wire.Probation;

namespace Ringwall.Agent.Tests;

/// <summary>A host behind a door, as far as the agent sees it. It believes nothing and wants what a test wants; its facts are kept as a real host keeps them.</summary>
internal sealed class TestHost : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Queue<(long Number, HarmReport Harm)> _facts = new();
    private readonly Lock _lock = new();
    private readonly string _spool;
    private readonly TimeProvider _clock;
    private long _next = 1;

    public TestHost(string runDirectory, string stateDirectory, TimeProvider clock)
    {
        RunDirectory = runDirectory;
        _clock = clock;
        _spool = Path.Combine(stateDirectory, "spool");
        Directory.CreateDirectory(runDirectory);
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(runDirectory, DoorLimits.SocketName)));
        _listener.Listen(16);
        _ = Task.Run(Accept);
    }

    public string RunDirectory { get; }

    /// <summary>What is wanted, by path, until it is installed.</summary>
    public ConcurrentDictionary<string, TargetFile> Wanted { get; } = new();

    /// <summary>Packages that were brought: path and bytes.</summary>
    public ConcurrentDictionary<string, byte[]> Installed { get; } = new();

    public DoorIdentity? Identity { get; private set; }

    public int Refreshes { get; private set; }

    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Called with each question, before and after it is answered.</summary>
    public Action<string, bool> Sees { get; set; } = (_, _) => { };

    public string? Refuses { get; set; }

    /// <summary>Why it takes no package now.</summary>
    public string? RefusesPackages { get; set; }

    /// <summary>Where a signed place leads to, for those that it believes.</summary>
    public ConcurrentDictionary<string, string> Rings { get; } = new();

    public void Happened(string detail)
    {
        lock (_lock)
        {
            _facts.Enqueue((_next++, new HarmReport { Measure = HarmMeasure.Crash, At = 1, Detail = detail }));
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket client = _listener.Accept();
                _ = Task.Run(() => Serve(client));
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
        }
    }

    private void Serve(Socket client)
    {
        using (client)
        {
            try
            {
                List<byte> line = [];
                byte[] one = new byte[1];
                while (client.Receive(one) == 1 && one[0] != '\n')
                {
                    line.Add(one[0]);
                }

                if (JsonSerializer.Deserialize(Encoding.UTF8.GetString([.. line]), DoorJson.Default.DoorRequest) is { } request)
                {
                    Asked.Enqueue(request.Do);
                    Sees(request.Do, false);
                    DoorReply reply;
                    lock (_lock)
                    {
                        reply = Refuses is { } why ? new DoorReply { Error = new ErrorReport(1, request.Do, why, "") } : Answer(request);
                    }

                    client.Send([.. JsonSerializer.SerializeToUtf8Bytes(reply, DoorJson.Default.DoorReply), (byte)'\n']);
                    Sees(request.Do, true);
                }
            }
            catch (Exception gone) when (gone is SocketException or JsonException)
            {
            }
        }
    }

    private DoorReply Answer(DoorRequest request)
    {
        switch (request.Do)
        {
            case DoorVerb.Hello:
                Identity ??= request.Identity;
                return request.Identity is null || request.Identity == Identity
                    ? new DoorReply { Machine = new DoorMachine("1", new MachineCell("debian 12", "6.1", "x64", []), Identity) }
                    : new DoorReply { Error = new ErrorReport(1, "identity", "another one is kept", "") };
            case DoorVerb.Move:
                if (!Rings.TryGetValue(request.Place!, out string? ring))
                {
                    return new DoorReply { Error = new ErrorReport(1, "place", "signed by nobody", "") };
                }

                Identity = Identity! with { Ring = ring };
                return new DoorReply { Machine = new DoorMachine("1", new MachineCell("debian 12", "6.1", "x64", []), Identity) };
            case DoorVerb.Refresh:
                Refreshes++;
                return new DoorReply
                {
                    Releases =
                    [
                        .. Wanted.Select(wanted => new DoorRelease
                        {
                            Path = wanted.Key,
                            Standing = Installed.ContainsKey(wanted.Key) ? DoorStanding.Installed : DoorStanding.Wanted,
                            Because = "a test",
                            Length = wanted.Value.Length,
                            Digest = wanted.Value.Digests.Preferred,
                            Fetch = wanted.Value.PathToFetch(true),
                        }),
                    ],
                };
            case DoorVerb.Install when RefusesPackages is { } full:
                return new DoorReply { Error = new ErrorReport(1, request.Path!, full, "") };
            case DoorVerb.Install:
                byte[] package = File.ReadAllBytes(Path.Combine(_spool, DoorLimits.Packages, DoorLimits.PackageName(Wanted[request.Path!].Digests.Preferred!)));
                Installed[request.Path!] = package;
                return new DoorReply { Said = "installed" };
            default:
                while (_facts.TryPeek(out (long Number, HarmReport) oldest) && oldest.Number <= request.After)
                {
                    _facts.Dequeue();
                }

                (long Number, HarmReport Harm)[] told = [.. _facts.Take(2)];
                return new DoorReply
                {
                    Facts = new DoorFacts(
                        told.Length == 0 ? request.After : told[^1].Number,
                        new DeviceReport
                        {
                            Sequence = 0, At = _clock.GetUtcNow().ToUnixTimeMilliseconds(), Boot = "b", Cell = "cell", Harms = [.. told.Select(fact => fact.Harm)],
                            Releases = [.. Installed.Keys.Select(path => new ReleaseReport { Path = path, State = ReleaseState.Probation, Since = 1 })],
                        },
                        told.Length < _facts.Count,
                        0),
                };
        }
    }
}
