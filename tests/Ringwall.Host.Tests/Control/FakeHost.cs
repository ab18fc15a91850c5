using Ringwall.Host.Control;
using Ringwall.Wire.Ocsf;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Tests.Control;

/// <summary>A host that only remembers what it was told to do.</summary>
internal sealed class FakeHost : IHostView, ISensorSwitch, IOverrides, IGenerations, IEventFeed, IFindingFeed, IResponses, IHostLife
{
    private readonly List<OverrideLine> _overrides = [];
    private readonly List<DetectionFinding> _findings = [];

    public List<string> Orders { get; } = [];

    public Followers<EventLine> EventFollowers { get; } = new(queueAtMost: 8);

    public Followers<DetectionFinding> FindingFollowers { get; } = new(queueAtMost: 8);

    public ControlledHost Parts => new() { View = this, Sensors = this, Generations = this, Overrides = this, Events = this, Findings = this, Responses = this, Life = this };

    public HostStatus Status() => new()
    {
        Version = "9.9",
        Pid = 42,
        Since = DateTimeOffset.UnixEpoch,
        Now = DateTimeOffset.UnixEpoch,
        Kernel = "6.0",
        TellOnly = false,
        Guard = ["/home"],
        RunDirectory = "/run/x",
        StateDirectory = "/var/lib/x",
    };

    public Explanation Explain(string path) => new() { Path = path, Open = "allow", Exec = "deny", DecidedBy = "sensors", Because = "it says so" };

    public ProtectionLine Protected(string path) => new() { Path = path, Protected = true, Kind = "shell", Because = "it says so" };

    public DoctorReport Doctor() => new() { Kernel = "6.0", Version = "9.9", CanGuard = true, Features = [] };

    public SwitchOutcome Restart(string name) => Order("restart", name);

    public SwitchOutcome Stop(string name) => Order("stop", name);

    public SwitchOutcome Start(string name) => name == "running" ? SwitchOutcome.AlreadySo : Order("start", name);

    public IReadOnlyList<GenerationLine>? List(string? sensor) => sensor == "none" ? null : [Line(sensor ?? "yara", 1), Line(sensor ?? "yara", 2)];

    public GenerationOrder Install(string path, string? sensor) => GenerationOrdered($"install {path} for {sensor ?? "its own"}", sensor ?? "yara");

    public GenerationOrder Promote(string sensor, long? number) => GenerationOrdered($"promote {sensor} {number?.ToString() ?? "newest"}", sensor);

    public GenerationOrder RollBack(string sensor, int byUid) => GenerationOrdered($"roll back {sensor}", sensor);

    public GenerationOrder Pin(string sensor, long? number) => GenerationOrdered($"pin {sensor} {number?.ToString() ?? "off"}", sensor);

    public IReadOnlyList<OverrideLine> List() => _overrides;

    public bool TryAllow(string path, int byUid, string? note, out string refusal)
    {
        refusal = path == "/no" ? "it may not be" : "";
        if (refusal.Length == 0)
        {
            _overrides.Add(new OverrideLine { Path = path, Since = DateTimeOffset.UnixEpoch, ByUid = byUid, Note = note });
        }

        return refusal.Length == 0;
    }

    public bool Remove(string path, int byUid) => _overrides.RemoveAll(line => line.Path == path) > 0;

    IReadOnlyList<ResponseLine> IResponses.List() => [Quarantined];

    public IReadOnlyList<ResponseLine> Undo(string? sensor, long? generation, DateTimeOffset? since, long? id, bool dryRun)
    {
        Orders.Add($"undo {sensor} {generation} {since:yyyy} {id} {dryRun}");
        return [Quarantined with { Result = dryRun ? "would" : "undone" }];
    }

    private static ResponseLine Quarantined => new()
    {
        Id = 7, Kind = "quarantine", Sensor = "yara", At = DateTimeOffset.UnixEpoch, About = "/home/ann/x", State = "done",
    };

    public IFollower<EventLine> Follow(EventFilter filter) => EventFollowers.Add();

    public IEnumerable<DetectionFinding> Last(int count)
    {
        lock (_findings)
        {
            return [.. _findings.TakeLast(count)];
        }
    }

    public IFollower<EventLine>? Since(EventFilter filter, DateTimeOffset since, bool andOn)
    {
        Orders.Add($"since {since:O}{(andOn ? " and on" : "")}");
        return since < DateTimeOffset.UnixEpoch ? null : EventFollowers.Add();
    }

    IFollower<DetectionFinding> IFindingFeed.Follow() => FindingFollowers.Add();

    public void Find(DetectionFinding finding)
    {
        lock (_findings)
        {
            _findings.Add(finding);
        }

        FindingFollowers.Publish(finding);
    }

    public string? HandOver() => "this one is the only one";

    public Action? WhenStopped { get; set; }

    public void Stop()
    {
        Orders.Add("end");
        WhenStopped?.Invoke();
    }

    private static GenerationLine Line(string sensor, long number) => new() { Sensor = sensor, Number = number, State = "kept" };

    private GenerationOrder GenerationOrdered(string what, string sensor)
    {
        if (sensor == "none")
        {
            return GenerationOrder.Refused(1, sensor, "there is no such sensor", "");
        }

        Orders.Add(what);
        return GenerationOrder.Taken("so be it", Line(sensor, 2));
    }

    private SwitchOutcome Order(string what, string name)
    {
        if (name == "none")
        {
            return SwitchOutcome.NoSuchSensor;
        }

        Orders.Add($"{what} {name}");
        return SwitchOutcome.Ordered;
    }
}
