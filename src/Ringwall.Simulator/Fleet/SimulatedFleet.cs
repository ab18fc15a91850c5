using System.Text;
using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>
/// All devices as arrays, in the order in which one release reaches them: stratum by stratum, by position within. Exposing a stratum's
/// first k devices is then moving a boundary.
/// </summary>
// Owns:     the arrays. Nothing in them changes once they are built, so runs on several threads may share a fleet. The table of comings and goings is
//           made for the first run that asks and kept for the next; a lock guards it.
// Ordering: built stratum by stratum from hashes of stratum and number, never from a shared stream of randomness: the number of threads
//           cannot show.
internal sealed class SimulatedFleet
{
    private const ushort AlwaysOn = 1440;
    private const ushort WeekendBit = 0x8000;

    private readonly ushort[] _wakes;
    private readonly ushort[] _awake;
    private readonly Lock _lock = new();
    private int[] _comings = [];

    public SimulatedFleet(FleetShape shape, string release, ulong seed)
    {
        Shape = shape;
        Seed = seed;
        int strata = shape.Cells * FleetCounts.Rings;
        Start = Boundaries(shape);
        _wakes = new ushort[shape.Devices];
        _awake = new ushort[shape.Devices];
        StratumOf = new ushort[shape.Devices];
        byte[] name = Encoding.UTF8.GetBytes(release);
        byte[] salt = BitConverter.GetBytes(seed);
        for (int s = 0; s < strata; s++)
        {
            Build(s, name, salt);
        }
    }

    public FleetShape Shape { get; }

    public ulong Seed { get; }

    /// <summary>The first device of each stratum, and the end.</summary>
    public int[] Start { get; }

    public ushort[] StratumOf { get; }

    public int Strata => Start.Length - 1;

    public static string[] CellNames(int cells)
    {
        string[] systems = ["debian-12", "ubuntu-24.04", "rhel-9", "sles-15", "amazon-2023", "debian-13", "ubuntu-22.04", "alma-9"];
        string[] machines = ["x64", "arm64"];
        return [.. Enumerable.Range(0, cells).Select(i =>
            $"{systems[i % systems.Length]} {machines[i / systems.Length % machines.Length]}{(i >= 16 ? $" kernel {i / 16}" : "")}")];
    }

    public int Report(int device) => (int)(Dice.Mix(Seed ^ 0x5EED ^ (ulong)device) % (ulong)Shape.ReportMinutes);

    /// <summary>Whether the device runs at this minute (minutes from the start of the release).</summary>
    public bool IsAwake(int device, int minute)
    {
        int length = _awake[device] & 0x7FFF;
        if (length == AlwaysOn)
        {
            return true;
        }

        int now = minute + Shape.StartMinute;
        int into = (now % 1440 - _wakes[device] + 1440) % 1440;
        if (into >= length)
        {
            return false;
        }

        int day = (now - into + 14 * 1440) / 1440 % 7;
        return day < 5 || (_awake[device] & WeekendBit) != 0;
    }

    /// <summary>The first minute from here on at which the device runs.</summary>
    public int NextAwake(int device, int minute)
    {
        if (IsAwake(device, minute))
        {
            return minute;
        }

        int now = minute + Shape.StartMinute;
        int wake = minute + (_wakes[device] - now % 1440 + 1440) % 1440;
        wake = wake == minute ? minute + 1440 : wake;
        for (int day = 0; day < 4 && !IsAwake(device, wake); day++)
        {
            wake += 1440;
        }

        return wake;
    }

    /// <summary>The first minute from here on at which the device, running now, sleeps.</summary>
    public int AwakeUntil(int device, int minute)
    {
        int length = _awake[device] & 0x7FFF;
        if (length == AlwaysOn)
        {
            return int.MaxValue / 2;
        }

        int into = ((minute + Shape.StartMinute) % 1440 - _wakes[device] + 1440) % 1440;
        return minute + length - into;
    }

    public bool IsLaptop(int device) => (_awake[device] & 0x7FFF) != AlwaysOn;

    /// <summary>Devices at the end of a stratum's order that join within so many minutes.</summary>
    public int Late(int stratum, int minutes) => (int)((Start[stratum + 1] - Start[stratum]) * Shape.JoinPerDay * minutes / 1440);

    /// <summary>When a device joins, in a run of so many minutes: 0 for those that belong to the fleet from the start.</summary>
    public int Joins(int device, int minutes)
    {
        int stratum = StratumOf[device];
        int late = Late(stratum, minutes);
        int order = device - (Start[stratum + 1] - late);
        return order < 0 ? 0 : (int)((long)minutes * (order + 1) / (late + 1));
    }

    /// <summary>By minute × strata: how many more devices are awake than the minute before.</summary>
    public int[] Comings(int minutes)
    {
        lock (_lock)
        {
            if (_comings.Length == (minutes + 1) * Strata)
            {
                return _comings;
            }

            int[] changes = new int[(minutes + 1) * Strata];
            for (int s = 0; s < Strata; s++)
            {
                for (int device = Start[s]; device < Start[s + 1]; device++)
                {
                    AddPresence(device, Joins(device, minutes), minutes, changes);
                }
            }

            return _comings = changes;
        }
    }

    /// <summary>Adds a device's comings and goings from a minute on to a table of changes by minute × strata.</summary>
    public void AddPresence(int device, int from, int until, int[] changes)
    {
        int strata = Strata;
        int stratum = StratumOf[device];
        int at = NextAwake(device, from);
        while (at < until)
        {
            changes[at * strata + stratum]++;
            int sleeps = Math.Min(AwakeUntil(device, at), until);
            changes[sleeps * strata + stratum]--;
            at = sleeps < until ? NextAwake(device, sleeps) : until;
        }
    }

    private static int[] Boundaries(FleetShape shape)
    {
        double[] weight = [.. Enumerable.Range(0, shape.Cells).Select(i => 1 / Math.Pow(i + 1, shape.Skew))];
        double all = weight.Sum();
        int strata = shape.Cells * FleetCounts.Rings;
        int[] start = new int[strata + 1];
        double sum = 0;
        for (int s = 0; s < strata; s++)
        {
            sum += shape.Rings[s / shape.Cells] * weight[s % shape.Cells] / all;
            start[s + 1] = (int)Math.Round(Math.Min(1, sum) * shape.Devices);
        }

        start[strata] = shape.Devices;
        return start;
    }

    private void Build(int stratum, byte[] release, byte[] salt)
    {
        int first = Start[stratum];
        int count = Start[stratum + 1] - first;
        ulong[] order = new ulong[count];
        ulong home = Dice.Mix(Seed ^ 0xF1EE7) ^ ((ulong)stratum << 40);
        int at = 0;
        for (ulong site = 0; at < count; site++)
        {
            int size = Math.Min(count - at, 2 + (int)(Dice.Mix(home ^ site) % (ulong)(Shape.LargestSite - 1)));
            DomainDraw draw = Membership.Draw(((ulong)stratum << 40) | site, release, salt);
            for (int seat = 0; seat < size; seat++, at++)
            {
                double position = Membership.Position(seat, size, draw);
                order[at] = ((ulong)(position * uint.MaxValue) << 32) | (uint)at;
            }
        }

        Array.Sort(order);
        for (int i = 0; i < count; i++)
        {
            ulong self = Dice.Mix(home ^ 0xD0_0000_0000 ^ (uint)order[i]);
            int device = first + i;
            StratumOf[device] = (ushort)stratum;
            Habits(device, self);
        }
    }

    private void Habits(int device, ulong self)
    {
        double kind = (self & 0xFFFF) / 65536.0;
        if (kind >= Shape.Laptops)
        {
            _awake[device] = AlwaysOn;
            return;
        }

        double zone = (self >> 16 & 0xFFFF) / 65536.0;
        int shift = zone < Shape.Zones[0] ? 0 : zone < Shape.Zones[0] + Shape.Zones[1] ? 8 * 60 : 16 * 60;
        int wake = 6 * 60 + (int)(self >> 32 & 0xFF) * 180 / 256;
        int length = 8 * 60 + (int)(self >> 40 & 0xFF) * 240 / 256;
        bool weekend = (self >> 48 & 0xFF) / 256.0 < Shape.Weekenders;
        _wakes[device] = (ushort)((wake + shift) % 1440);
        _awake[device] = (ushort)(length | (weekend ? WeekendBit : 0));
    }
}
