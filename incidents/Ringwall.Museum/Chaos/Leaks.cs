using System.Globalization;
using Ringwall.Museum.Staging;
using Ringwall.Wire.Status;

namespace Ringwall.Museum.Chaos;

/// <summary>Counts what a guard holds of the machine, when nothing is going on, and says what has become more than it should.</summary>
internal sealed class Leaks(Guard guard)
{
    // What may come and go: a client's connection, a file that is just being written, a shadow beside each sensor.
    private const int SpareDescriptors = 24;
    private const int SpareProcesses = 4;

    private readonly HashSet<int> _hosts = [];
    private int? _descriptors;
    private int? _keeperDescriptors;
    private int? _processes;
    private int? _mounts;

    public void Saw(HostStatus? status)
    {
        if (status is not null)
        {
            _hosts.Add(status.Pid);
        }
    }

    /// <summary>The first look is what later ones are compared with.</summary>
    public IEnumerable<string> Look(HostStatus status)
    {
        int keeper = status.Keeper?.Pid ?? 0;
        return new[]
        {
            Compare("descriptors of the host", Descriptors(status.Pid), ref _descriptors, SpareDescriptors),
            Compare("descriptors of the keeper", Descriptors(keeper), ref _keeperDescriptors, SpareDescriptors),
            Compare("processes", Below(status.Pid), ref _processes, SpareProcesses),
            Compare("mounts", Mounts(), ref _mounts, 0),
        }.OfType<string>().Concat(Groups(status.Pid));
    }

    /// <summary>After the end nothing is left.</summary>
    public IEnumerable<string> AfterTheEnd()
    {
        _ = Tool.Await(() => !Groups(0).Any() && !_hosts.Any(Lives), TimeSpan.FromSeconds(20));
        foreach (int pid in _hosts.Where(Lives))
        {
            yield return $"the host {pid} lives on after the end";
        }

        foreach (string group in Groups(0))
        {
            yield return group;
        }
    }

    // A soak sees so many processes come and go that numbers are given out again.
    private static bool Lives(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").Trim() == "ringwalld";
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string? Compare(string what, int now, ref int? first, int spare)
    {
        if (now == 0)
        {
            return null;
        }

        first ??= now;
        return now <= first + spare ? null : string.Create(CultureInfo.InvariantCulture, $"{now} {what}, {first} at first");
    }

    private static int Descriptors(int pid)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Count();
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private int Mounts() => File.ReadLines("/proc/self/mountinfo").Count(line => line.Contains(guard.Home, StringComparison.Ordinal));

    private static int Below(int pid)
    {
        Dictionary<int, int> parents = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            try
            {
                string stat = File.ReadAllText($"{folder}/stat");
                parents[int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)] = int.Parse(stat.Split(") ", 2)[1].Split(' ')[1], CultureInfo.InvariantCulture);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
            {
                // It has just ended.
            }
        }

        HashSet<int> tree = [pid];
        bool grew = true;
        while (grew)
        {
            grew = false;
            foreach ((int child, int parent) in parents)
            {
                grew |= tree.Contains(parent) && tree.Add(child);
            }
        }

        return tree.Count;
    }

    // Control groups of hosts that are no more.
    private IEnumerable<string> Groups(int living)
    {
        const string root = "/sys/fs/cgroup";
        if (!Directory.Exists(root))
        {
            return [];
        }

        return _hosts.Where(pid => pid != living).SelectMany(pid => Directory.EnumerateDirectories(
            root, $"ringwall.{pid}.*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4 })).Select(group => $"the control group {group} is left of a host that is no more");
    }
}
