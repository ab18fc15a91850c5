using System.Globalization;
using System.Text.Json;
using Ringwall.Wire.Fleet;

namespace Ringwall.Bench.Server;

/// <summary>The rows of a made-up fleet: ring shares and cell sizes as in the simulator, ids as random as digests are.</summary>
internal sealed class SeedRows
{
    private readonly long _now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
    private readonly int _cells;

    public SeedRows(int count, int cells)
    {
        Count = count;
        _cells = cells;
        EnrolledAt = _now - 86_400_000;
        Report = JsonSerializer.SerializeToUtf8Bytes(
            new DeviceReport
            {
                Sequence = 1,
                At = _now,
                Boot = "6f1ed002ab5595859014ebf0951522d9",
                AwakeMinutes = 5,
                Cell = CellName(1),
                Host = "0.1.0",
                Releases =
                [
                    new ReleaseReport { Path = "acme/yara/content-7.tar.gz", State = ReleaseState.InService, Since = _now, Age = 1440, FallbackAlive = true },
                    new ReleaseReport { Path = "acme/sigma/content-12.tar.gz", State = ReleaseState.InService, Since = _now, Age = 9000, FallbackAlive = true },
                ],
                Health = new DeviceHealth { Asks = 1_200_345, Denied = 17, FallbackVerdicts = 2, CpuPermille = 7, MemoryMiB = 112, AskP99Us = 88 },
            },
            FleetJson.Wire.DeviceReport);
    }

    public int Count { get; }

    public long EnrolledAt { get; }

    public byte[] Report { get; }

    public static string CellName(int cell) => cell == 1 ? "debian 12 · 6.1 · x64 · sigma,yara" : string.Create(CultureInfo.InvariantCulture, $"system {cell} · 6.{cell} · x64 · sigma,yara");

    public static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"machine-{number:D7}");

    /// <summary>1 of 100 is a canary, 9 come early, 87 broad, 3 are critical.</summary>
    public static int Ring(int number) => (number % 100) switch { 0 => 0, < 10 => 1, < 97 => 2, _ => 3 };

    /// <summary>All that report say the cell of the first: the load may not move them.</summary>
    public int Cell(int number) => number % 3 == 0 ? 1 + (int)(Mix((ulong)number) % (ulong)_cells) : 1;

    public static UInt128 Identity(int number) => new(Mix((ulong)number), Mix(Mix((ulong)number)));

    public static string Id(int number) => Identity(number).ToString("x32", CultureInfo.InvariantCulture);

    public static byte[] Key(int number)
    {
        byte[] key = new byte[91];
        new Random(number).NextBytes(key);
        return key;
    }

    public long HeardAt(int number) => _now - (number % 300_000);

    // splitmix64 (Steele, Lea and Flood 2014).
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
