// Owns:     keeper, host, one sensor and agent as they are shipped, enrolled with a fleet that this process plays: its keys, its signed files, its server on the loopback interface.
// Ordering: a package is laid where the agent keeps what it has downloaded, at the moment in which the agent first asks for what was published with it; the clock starts there.

using System.Diagnostics;
using System.Text.Json;
using Ringwall.Agent.Tests;
using Ringwall.Bench.Running;
using Ringwall.Trust;

namespace Ringwall.Bench.Update;

/// <summary>A device of a fleet, and the fleet.</summary>
internal sealed class UpdatedDevice : IDisposable
{
    public const string Sensor = "bench";
    public const string Vendor = TestFleet.Vendor;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Workshop _workshop;
    private readonly TestFleet _fleet = new(DateTimeOffset.UtcNow);
    private readonly TestServer _server;
    private readonly string _run;
    private readonly string _agentState;
    private readonly Tool _keeper;
    private readonly Tool? _agent;

    public UpdatedDevice(Workshop workshop)
    {
        _workshop = workshop;
        _server = new TestServer(_fleet, TimeProvider.System) { PaceMilliseconds = 500, Old = new Dictionary<string, byte[]>(_fleet.Files) };
        (_run, _agentState) = (workshop.NewFolder("run"), workshop.NewFolder("agent"));
        string bin = Path.Combine(workshop.Published, "bin");
        _keeper = Tool.Start(null, Path.Combine(bin, "ringwall-keeper"), "--owner", $"{Environment.ProcessId}", "--", Path.Combine(bin, "ringwalld"), "--config", WriteConfiguration());
        try
        {
            Await(() => File.Exists(Path.Combine(_run, "agent.sock")), "the host has opened the agent's door");
            string token = Path.Combine(_agentState, "token");
            File.WriteAllText(token, "right");
            string agent = Path.Combine(bin, "ringwall-agent");
            string[] places = ["--as-root", "--state-dir", _agentState, "--run-dir", _run];
            Tool.Require(agent, ["--enrol", "--server", $"{_server.Address}", "--token-file", token, .. places]);
            _agent = Tool.Start(null, agent, places);
            Await(() => _server.Told().Count > 0, "the agent has reported");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public double AgentMb => ProcessTree.ResidentMb(_agent!.Pid);

    /// <summary>Publishes a package that the agent finds as if it had just downloaded it, unverified.</summary>
    /// <returns>From the agent's first look: until the agent has verified it, and until the host has installed it and says so.</returns>
    public (TimeSpan Verified, TimeSpan Installed) Update(string package, int number)
    {
        byte[] bytes = File.ReadAllBytes(package);
        string path = $"{Vendor}/{Sensor}/content-{number}.tar.gz";
        string cell = _server.Told()[^1].Cell;
        TargetFile file = _fleet.State(path, bytes, $"{number}");
        string verified = Path.Combine(_agentState, "spool", "packages", $"{file.Digests.Preferred}.tar.gz");
        string downloaded = $"{verified}.part";
        _fleet.Order(path, bytes, TestFleet.Everybody(DateTimeOffset.UtcNow.AddMinutes(-1), cell));
        _fleet.Publish(DateTimeOffset.UtcNow);
        Dictionary<string, byte[]> published = new(_fleet.Files);
        var watch = new Stopwatch();
        using ManualResetEventSlim looked = new();
        long sent = _server.Sent;

        // With this file a look begins. All that it asks for afterwards is of this publication.
        _server.Sees = (what, answered) =>
        {
            if (!answered && !looked.IsSet && what == "vendors/timestamp.json")
            {
                Directory.CreateDirectory(Path.GetDirectoryName(downloaded)!);
                File.WriteAllBytes(downloaded, bytes);
                _server.Old = published;
                watch.Start();
                looked.Set();
            }
        };
        Await(() => looked.IsSet, "the agent looks");
        TimeSpan byAgent = Until(() => !File.Exists(downloaded), watch, "the agent verifies");
        TimeSpan byHost = Until(() => !File.Exists(verified), watch, "the host installs");
        _server.Sees = (_, _) => { };
        return _server.Sent == sent ? (byAgent, byHost) : throw new BenchException("the package was downloaded, which this bench does not measure");
    }

    /// <summary>So many releases are generations of the sensor now, by the host's own word: nothing was refused.</summary>
    public void RequireInstalled(int releases)
    {
        string[] refused = [];
        Await(
            () =>
            {
                using JsonDocument status = JsonDocument.Parse(File.ReadAllText(Path.Combine(_agentState, "status.json")));
                string[] standings = [.. status.RootElement.GetProperty("releases").EnumerateArray().Select(release => release.GetProperty("standing").GetString()!)];
                refused = [.. standings.Where(standing => standing != "installed")];
                return refused.Length == 0 && standings.Length == releases;
            },
            $"the host has installed all {releases}");
    }

    public void Dispose()
    {
        _agent?.Dispose();
        _keeper.Dispose();
        _server.Dispose();
    }

    // Half a millisecond at a time: less than one in a hundred of what is measured.
    private TimeSpan Until(Func<bool> condition, Stopwatch watch, string what)
    {
        while (!condition())
        {
            if (watch.Elapsed > Patience)
            {
                throw NotInTime(what);
            }

            Thread.Sleep(TimeSpan.FromMilliseconds(0.5));
        }

        return watch.Elapsed;
    }

    private void Await(Func<bool> condition, string what) => _ = Until(condition, Stopwatch.StartNew(), what);

    private BenchException NotInTime(string what) => new($"not within {Patience.TotalSeconds} s: {what}\n{_keeper.Errors}\n{_agent?.Errors}\n{string.Join('\n', _server.Asked.TakeLast(10))}");

    private string WriteConfiguration()
    {
        string sensor = _workshop.NewFolder("sensor");
        Tool.Require("cp", "--reflink=auto", Path.Combine(_workshop.Published, "bench-sensor", "ringwall-bench-sensor"), sensor);
        File.WriteAllText(Path.Combine(sensor, "sensor.json"), $$"""
            { "name": "{{Sensor}}", "vendor": "{{Vendor}}", "version": "1", "executable": "ringwall-bench-sensor", "arguments": ["--name", "{{Sensor}}", "--tells"], "libraries": [], "asks": [] }
            """);
        string file = Path.Combine(_workshop.NewFolder("configuration"), "ringwall.json");

        // What is installed stays on probation: what it does there is not measured here.
        File.WriteAllText(file, $$"""
            {
              "mounts": ["{{_workshop.Field}}"], "guard": ["{{_workshop.Field}}"], "tellOnly": true, "runDir": "{{_run}}", "stateDir": "{{_workshop.NewFolder("state")}}",
              "generations": { "soakSeconds": 3600, "promoteByItself": false },
              "fleet": { "user": "0", "spool": "{{Path.Combine(_agentState, "spool")}}" },
              "sensors": [{ "name": "{{Sensor}}", "vendor": "{{Vendor}}", "folder": "{{sensor}}" }]
            }
            """);
        return file;
    }
}
