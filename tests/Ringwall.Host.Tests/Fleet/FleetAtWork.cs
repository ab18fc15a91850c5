using System.Collections.Concurrent;
using Ringwall.Agent.Tests;
using Ringwall.Host.Configuration;
using Ringwall.Host.Fleet;
using Ringwall.Host.Generations.Store;
using Ringwall.Host.Supervision;
using Ringwall.Host.Tests.Generations;
using Ringwall.Trust;
using Ringwall.Wire.Door;
using Ringwall.Wire.Fleet;
using Ringwall.Wire.Probation;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Tests.Fleet;

/// <summary>A host's desk with a fleet behind it and a spool that a test fills as it likes.</summary>
internal sealed class FleetAtWork : IDisposable
{
    public const string Engine = "acme/marker/engine-1.tar.gz";
    public static readonly MachineCell Machine = new("debian 12", "6.1.0", "x64", [new CellSensor("marker", "", "")]);

    /// <param name="life">How long signed files are believed; null for a day.</param>
    /// <param name="spool">Where an agent lays them; null for a folder that the test fills.</param>
    /// <param name="isNow">The clock stands at the present: programs that go by the machine's clock take part.</param>
    public FleetAtWork(TimeSpan? life = null, string? spool = null, bool isNow = false)
    {
        if (isNow)
        {
            Clock.Set(DateTimeOffset.UtcNow - Clock.GetUtcNow());
        }

        Fleet = new TestFleet(Clock.GetUtcNow(), life);
        Configuration = new HostConfiguration
        {
            StateDirectory = Path.Combine(Folder, "state"),
            Sensors = [new SensorConfiguration { Name = "marker", Folder = "", Vendor = "acme" }],
            Fleet = new FleetConfiguration { Spool = spool ?? Path.Combine(Folder, "spool"), User = "0" },
        };
        Directory.CreateDirectory(Configuration.StateDirectory);
        Identity = new DoorIdentity
        {
            Device = new string('7', 32), Ring = "canary", Since = Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            VendorsRoot = DigestSet.Of(Fleet.VendorsRoot).Preferred!, DirectorRoot = DigestSet.Of(Fleet.DirectorRoot).Preferred!,
        };
        Store = GenerationStore.Open(Configuration, Clock);
        Desk = NewDesk();
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("ringwall-fleet-").FullName;

    public ManualClock Clock { get; } = new();

    public TestFleet Fleet { get; }

    public HostConfiguration Configuration { get; }

    public GenerationStore Store { get; private set; }

    public FleetDesk Desk { get; private set; }

    public DoorIdentity Identity { get; }

    public SensorCrew? Crew { get; set; }

    public ConcurrentQueue<string> Said { get; } = new();

    public HostStatus Status { get; set; } = new()
    {
        Version = "1", Pid = 1, Since = default, Now = default, Kernel = "", TellOnly = false, Guard = [], RunDirectory = "", StateDirectory = "",
    };

    public Dictionary<(string, long), ProbationReport> Probations { get; } = [];

    public string Boot { get; set; } = new('b', 32);

    public static string Cell => CellName.Of(Machine);

    public OperatorOrder Order => TestFleet.Everybody(Clock.GetUtcNow().AddMinutes(-1), Cell);

    /// <summary>As after a death of the host.</summary>
    public void StartAgain()
    {
        Store = GenerationStore.Open(Configuration, Clock);
        Desk = NewDesk();
    }

    /// <summary>A release on which both agree, published, and in the spool with its package.</summary>
    public byte[] Release(string path, TestPackage package, OperatorOrder? order = null)
    {
        byte[] bytes = package.Bytes();
        TargetFile file = Fleet.Release(path, bytes, package.Manifest.Version, order ?? Order);
        Fleet.Publish(Clock.GetUtcNow());
        Lay();
        Package(file, bytes);
        return bytes;
    }

    public void Package(TargetFile file, byte[] bytes) => Put(Path.Combine(DoorLimits.Packages, DoorLimits.PackageName(file.Digests.Preferred!)), bytes);

    /// <summary>Brings all that was published to the spool, as an honest agent does.</summary>
    public void Lay()
    {
        foreach ((string name, byte[] content) in Fleet.Files.Where(file => !file.Key.StartsWith("packages/", StringComparison.Ordinal)))
        {
            Put(name, content);
        }
    }

    public string InSpool(string name) => Path.Combine(Configuration.Fleet!.Spool, name);

    public void Put(string name, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(InSpool(name))!);
        File.WriteAllBytes(InSpool(name), content);
    }

    public DoorReply Hello(DoorIdentity? identity = null) => Desk.Answer(new DoorRequest { Do = DoorVerb.Hello, Identity = identity ?? Identity });

    public DoorReply Move(byte[] place) => Desk.Answer(new DoorRequest { Do = DoorVerb.Move, Place = Convert.ToBase64String(place) });

    public DoorReply Refresh() => Desk.Answer(new DoorRequest { Do = DoorVerb.Refresh });

    public DoorReply Install(string path) => Desk.Answer(new DoorRequest { Do = DoorVerb.Install, Path = path });

    public DoorFacts Report(long after = 0)
    {
        DoorReply reply = Desk.Answer(new DoorRequest { Do = DoorVerb.Report, After = after });
        Assert.True(reply.Facts is not null, $"{reply.Error}");
        return reply.Facts;
    }

    public string StateOf(string path) => Report().Report.Releases.SingleOrDefault(release => release.Path == path)?.State ?? "";

    /// <summary>The first engine, in service.</summary>
    public void Begin()
    {
        Lay();
        Done(Hello());
        Release(Engine, TestPackage.Of("1", "1.0", "100"));
        Done(Refresh());
        Done(Install(Engine));
        Store.Promote("marker", 1);
    }

    public static void Done(DoorReply reply) => Assert.True(reply.Error is null, $"{reply.Error}");

    public static void Refused(DoorReply reply, string because)
    {
        Assert.NotNull(reply.Error);
        Assert.Contains(because, reply.Error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private FleetDesk NewDesk() => new(
        Configuration,
        Store,
        Crew,
        new FleetMachine
        {
            Version = "1",
            Boot = Boot,
            Cell = () => Machine,
            Status = () => Status,
            Undone = () => 0,
            ProcessorTime = () => TimeSpan.Zero,
            Probation = (sensor, number) => Probations.GetValueOrDefault((sensor, number)),
            Say = Said.Enqueue,
        },
        Clock);
}
