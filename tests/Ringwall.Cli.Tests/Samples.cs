using Ringwall.Wire.Ocsf;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Tests;

/// <summary>What a busy host says, for views.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static HostStatus Status(double seconds = 83, long scale = 1) => new()
    {
        Version = "0.1.0",
        Pid = 4242,
        Since = Start,
        Now = Start.AddSeconds(seconds),
        Kernel = "6.1.0-28-amd64",
        TellOnly = false,
        Guard = ["/home", "/root", "/tmp", "/var/tmp"],
        Mounts = ["/", "/home", "/tmp"],
        RunDirectory = "/run/ringwall",
        StateDirectory = "/var/lib/ringwall",
        Keeper = new KeeperStatus(4240, "watching", 1),
        Asks =
        [
            new AskFigures
            {
                Class = "exec", Asked = 4_210 * scale, FromCache = 3_900 * scale, WithoutSensors = 100, Allowed = 209, Denied = 1,
                Latency = new LatencyFigures(4_210, 41, 120, 640, 3_100),
            },
            new AskFigures
            {
                Class = "open", Asked = 81_000 * scale, FromCache = 70_000 * scale, WithoutSensors = 9_000, Allowed = 1_998, Denied = 2, ByFallback = 3, KernelCached = 40,
                Latency = new LatencyFigures(81_000, 6.2, 14, 210, 1_204),
            },
        ],
        Sources =
        [
            new SourceFigures("process", 12_400 * scale, 0, true),
            new SourceFigures("file", 1_204_000 * scale, 17, false),
            new SourceFigures("network", 12 * scale, 0, true),
        ],
        Sensors =
        [
            new SensorStatus
            {
                Name = "sigma", Vendor = "Ringwall", State = "running", Generation = 1, Pid = 11, Since = Start, Tells = ["process", "file", "network"],
                Shortfalls = ["Cpu: no hierarchy of control groups that can be used here has this controller"],
                Told = 1_216_000 * scale, StrikesAllowed = 5, MemoryMb = 41, Note = "34 rules, 2 refused, 0 findings withheld",
            },
            new SensorStatus
            {
                Name = "yara", Vendor = "Ringwall", State = "quarantined", Generation = 3, Pid = 12, Since = Start.AddSeconds(60), Asks = ["exec", "open"],
                Asked = 12_000 * scale, Answered = 11_990, Denied = 3, Missed = 4, Lost = 7, Latency = new LatencyFigures(12_000, 34, 90, 412, 900_000), Strikes = 5,
                StrikesAllowed = 5, LastStrike = "missed 4 deadlines in a row", LastLines = ["libyara: rule [EICAR] is slow", "bye"], MemoryMb = 212.4,
            },
        ],
        Protection = new ProtectionFigures(412, 31, 110_859, 1740, 3),
        Findings = new FindingFigures(9, 1, 0),
        Features =
        [
            new FeatureUse("process events", "BPF tp_btf, ring buffer", null),
            new FeatureUse("file events", "fanotify, directory identifiers and names", null),
            new FeatureUse("connections", "none", "BPF cgroup connect programs"),
        ],
    };

    public static DetectionFinding Finding(string title = "Shell from a web server", string path = "/tmp/eicar.com", bool denied = false, int severity = 4) => new()
    {
        Time = Start.ToUnixTimeMilliseconds(),
        SeverityId = severity,
        Severity = "High",
        IsAlert = true,
        ActionId = denied ? 2 : 3,
        DispositionId = denied ? 2 : 15,
        Metadata = new Metadata { Uid = "u", Sequence = 1, Product = new Product { Name = "Ringwall" } },
        Device = new Device { Hostname = "h", Os = new DeviceSystem() },
        FindingInfo = new FindingDescription { Uid = "u", Title = title },
        Evidences = [new Evidence { File = new FileEntity { Name = Path.GetFileName(path), Path = path }, Process = new ProcessEntity { Pid = 77, Name = "cat" } }],
        Unmapped = new Unmapped { Sensor = "yara", Generation = 3 },
    };
}
