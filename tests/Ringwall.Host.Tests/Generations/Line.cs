using System.Collections.Concurrent;
using Ringwall.Host.Configuration;
using Ringwall.Host.Decide;
using Ringwall.Host.Deliver.Tells;
using Ringwall.Host.Generations.Store;
using Ringwall.Host.Generations.Succession;
using Ringwall.Host.Running;
using Ringwall.Host.Supervision;
using Ringwall.Host.Tests.Asks;
using Ringwall.Host.Tests.Sandboxes;
using Ringwall.Wire.Packages;
using Guard = Ringwall.Host.Tests.Asks.Guard;

namespace Ringwall.Host.Tests.Generations;

/// <summary>One sensor's generations, from its configured one on.</summary>
internal sealed class Line : IDisposable
{
    public const string Name = "generations";
    private readonly Workshop _workshop = new();
    private readonly TellDelivery _tells = new(new TellHub());
    private readonly SensorCrew _crew;

    public Line(TestMount mount, SuccessionPolicy? policy = null, StartTrial? trials = null)
    {
        Guard = new Guard(mount, Guard.Both(Fallback.Closed, 20_000));
        SensorConfiguration sensor = _workshop.Make(Probes.Build("sensor"), [Name, "good"], new SensorLimits { MemoryMb = 64, Processes = 16 }, Name);
        HostConfiguration configuration = new() { StateDirectory = Path.Combine(_workshop.Folder, "state"), Sensors = [sensor] };
        Store = GenerationStore.Open(configuration);
        Directory.CreateDirectory(configuration.StateDirectory);
        File.SetUnixFileMode(configuration.StateDirectory, (UnixFileMode)0b111_101_101);
        _tells.Start();
        _crew = new SensorCrew(new CrewContext
        {
            Sensors = [sensor],
            Place = _workshop.Place with { Own = Guard.Context.Own },
            Service = new Seats(Guard.Loop, _tells),
            Findings = (_, _) => true,
            HostVersion = "test",
            Store = Store,
            Succession = policy ?? new SuccessionPolicy(),
            Trials = trials,
            Say = Said.Enqueue,
        });
        _crew.Start();
    }

    public Guard Guard { get; }

    public GenerationStore Store { get; }

    public ConcurrentQueue<string> Said { get; } = new();

    public SensorSuccession Sensor => _crew.Of(Name)!;

    public RunningGeneration Served => Sensor.Running().Single(one => one.Standing == Standing.InService);

    public void Install(string version, string what)
    {
        TestPackage package = new()
        {
            Manifest = new PackageManifest
            {
                Sensor = Name,
                Vendor = "Test",
                Version = version,
                Engine = new PackagedEngine { Version = "1.0", Reads = [] },
                Files = [],
            },
        };
        byte[] program = File.ReadAllBytes(Probes.Build("sensor"));
        package.Add("engine/sensor.json", $$"""{ "name": "{{Name}}", "vendor": "Test", "version": "1.0", "executable": "program", "arguments": ["{{Name}}", "{{what}}"] }""");
        package.AddBytes("engine/program", program, executable: true);
        Sensor.Begin(Store.Install(package.Open(), Name, out _));
    }

    public void AwaitInService(long number) => Await(
        () => Sensor.Running().Any(one => one.Standing == Standing.InService && one.Number == number && one.Post.Snapshot().State == SensorState.Running),
        $"generation {number} is in service");

    public void Await(Func<bool> condition, string what)
    {
        for (long until = Environment.TickCount64 + 60_000; !condition(); Thread.Sleep(10))
        {
            Assert.True(Environment.TickCount64 < until, $"not within 60 s: {what}\n{string.Join('\n', Said)}");
        }
    }

    public void Dispose()
    {
        _crew.Dispose();
        _tells.Dispose();
        Guard.Dispose();
        _workshop.Dispose();
    }
}
