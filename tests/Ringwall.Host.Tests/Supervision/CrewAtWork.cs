using System.Collections.Concurrent;
using Ringwall.Host.Configuration;
using Ringwall.Host.Sandboxes;
using Ringwall.Host.Supervision;
using Ringwall.Host.Tests.Sandboxes;

namespace Ringwall.Host.Tests.Supervision;

/// <summary>A crew of tests/probes/sensor.c on the real kernel.</summary>
internal sealed class CrewAtWork : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);
    private readonly List<SensorConfiguration> _sensors = [];
    private SensorCrew? _crew;

    public Workshop Workshop { get; } = new();

    public FakeSeats Seats { get; } = new();

    public ConcurrentQueue<string> Said { get; } = new();

    public ConcurrentQueue<string> Findings { get; } = new();

    /// <summary>Impatient where patience is not the point, patient where a slow machine could be mistaken for a bad sensor.</summary>
    public HealthLimits Health { get; set; } = new()
    {
        LookEvery = TimeSpan.FromMilliseconds(20),
        AskEvery = TimeSpan.FromMilliseconds(100),
        AnswerWithin = TimeSpan.FromSeconds(15),
        StopWithin = TimeSpan.FromSeconds(15),
        HelloWithin = TimeSpan.FromSeconds(60),
    };

    public RestartPolicy Restarts { get; set; } = new() { StrikesAllowed = 2, FirstDelay = TimeSpan.FromMilliseconds(20) };

    public Ringwall.Host.Responses.IRequestDesk? Requests { get; set; }

    public TellFigures TellFigures { get; set; } = _ => (0, 0);

    /// <summary>How long the host takes over one finding.</summary>
    public Action Ponder { get; set; } = () => { };

    public SensorCrew Crew => _crew ?? throw new InvalidOperationException("not started");

    /// <summary>Adds a sensor that behaves so. Gives its name.</summary>
    public string Add(string what, SensorLimits? limits = null)
    {
        string name = Workshop.UniqueName(what);
        _sensors.Add(Workshop.Make(Probes.Build("sensor"), [name, what], limits ?? new SensorLimits { MemoryMb = 64, Processes = 16 }, name));
        return name;
    }

    public SensorConfiguration Configuration(string name) => _sensors.Single(s => s.Name == name);

    public void Start(bool expecting = false)
    {
        _crew = new SensorCrew(
            new CrewContext
            {
                Sensors = _sensors,
                Place = Workshop.Place,
                Service = Seats,
                Findings = (source, message) =>
                {
                    Ponder();
                    bool good = Contract.FindingMessage.TryRead(message, out Contract.FindingMessage? said);
                    Findings.Enqueue(good ? $"{source.Name}: {said!.Title}" : "");
                    return good;
                },
                Requests = Requests,
                ToldAndLost = TellFigures,
                HostVersion = "test",
                Health = Health,
                Restarts = Restarts,
                Say = Said.Enqueue,
            });
        if (expecting)
        {
            _crew.Expect();
        }

        _crew.Start();
    }

    public SensorSnapshot Of(string name) => Crew.Snapshot().Single(s => s.Name == name);

    /// <summary>Waits for something, or fails and says all that is known.</summary>
    public SensorSnapshot Await(string name, Func<SensorSnapshot, bool> condition, string what)
    {
        SensorSnapshot snapshot = Of(name);
        for (long until = Environment.TickCount64 + (long)Patience.TotalMilliseconds; Environment.TickCount64 < until; Thread.Sleep(10))
        {
            snapshot = Of(name);
            if (condition(snapshot))
            {
                return snapshot;
            }
        }

        Assert.Fail(
            $"{what}: not within {Patience.TotalSeconds} s. {snapshot.State}, strikes: {string.Join("; ", snapshot.Strikes)}\n"
            + $"{string.Join('\n', Said)}\nlast lines: {string.Join('\n', snapshot.LastLines)}");
        return snapshot;
    }

    public SensorSnapshot AwaitState(string name, SensorState state) => Await(name, s => s.State == state, $"{name} becomes {state}");

    /// <summary>Ends the crew, and checks that nothing of any of its sensors is left.</summary>
    public void Dispose()
    {
        _crew?.Dispose();
        foreach (SensorConfiguration sensor in _sensors)
        {
            Leftovers.AwaitNone(sensor.Name, SensorUser.For(sensor.Name), Workshop.Place.RunDirectory);
        }

        Workshop.Dispose();
    }
}
