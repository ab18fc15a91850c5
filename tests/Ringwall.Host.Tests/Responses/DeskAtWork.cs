using System.Collections.Concurrent;
using System.Text;
using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Decide;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Findings;
using Ringwall.Host.Responses;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Tests.Responses;

/// <summary>A desk over a folder of its own, and a sensor that requests of it.</summary>
internal sealed class DeskAtWork : IDisposable
{
    public const ResponseKinds All = ResponseKinds.Kill | ResponseKinds.Quarantine | ResponseKinds.Block | ResponseKinds.Isolate;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly BlockingCollection<OutcomeMessage> _outcomes = [];
    private readonly ConcurrentQueue<string> _said = new();
    private readonly bool _ownsHome;
    private ulong _number;

    public DeskAtWork(string? home = null, Func<ResponseContext, ResponseContext>? change = null)
    {
        _ownsHome = home is null;
        Home = home ?? Directory.CreateTempSubdirectory("ringwall-vault-").FullName;
        ResponseContext context = new()
        {
            VaultFolder = VaultFolder,
            Protected = Protected,
            Own = Own,
            Report = (_, report) => Reports.Enqueue(report),
            Tripped = (sensor, generation, _) => Trips.Enqueue((sensor, generation)),
            IsInService = _ => InService,
            Say = _said.Enqueue,
        };
        Desk = new ResponseDesk(change?.Invoke(context) ?? context);
        Desk.Start();
    }

    public string Home { get; }

    public string VaultFolder => Path.Combine(Home, "vault");

    public ResponseDesk Desk { get; }

    public ProtectedSet Protected { get; } = new();

    public OwnProcesses Own { get; } = new();

    public ConcurrentQueue<ResponseReport> Reports { get; } = new();

    public ConcurrentQueue<(string Sensor, long Generation)> Trips { get; } = new();

    public ResponseKinds Granted { get; set; } = All;

    public long Generation { get; set; } = 3;

    public bool InService { get; set; } = true;

    public string[] Contents => [.. Directory.EnumerateFiles(VaultFolder, "*.content")];

    public OutcomeMessage Quarantine(string path) => Send(Quarantining(path));

    /// <summary>Requests it, and does not wait: this desk may never answer.</summary>
    public void BeginToQuarantine(string path)
    {
        byte[] message = new byte[8192];
        Assert.True(Desk.Take(Sensor(), message.AsSpan(0, Quarantining(path).Write(message))));
    }

    /// <summary>Sends a request, whatever its number, and waits for its outcome.</summary>
    public OutcomeMessage Send(RequestMessage request)
    {
        request = request with { Number = ++_number };
        byte[] message = new byte[8192];
        Assert.True(Desk.Take(Sensor(), message.AsSpan(0, request.Write(message))));
        Assert.True(_outcomes.TryTake(out OutcomeMessage? outcome, Patience), $"no outcome came; said: {string.Join('\n', _said)}");
        Assert.Equal(request.Number, outcome.Number);
        return outcome;
    }

    public ResponseRequester Sensor() => new(new FindingSource("yara", "V", "1.0", "7", (int)Generation), Granted, outcome =>
    {
        _outcomes.Add(outcome);
        return true;
    });

    private static RequestMessage Quarantining(string path) => OpenFile.TryStat(path, out FileState state)
        ? new RequestMessage
        {
            Number = 1, Kind = ResponseKind.Quarantine, Path = Encoding.UTF8.GetBytes(path), Device = state.Identity.Device, Inode = state.Identity.Inode, Reason = "it looks bad",
        }
        : throw new FileNotFoundException(path);

    public static ResponseContext Without(ResponseContext context, params Guard[] guards) => context with { WithoutGuards = guards.ToHashSet() };

    public void Dispose()
    {
        Desk.Dispose();
        _outcomes.Dispose();
        if (_ownsHome)
        {
            Directory.Delete(Home, recursive: true);
        }
    }
}
