using System.Globalization;
using Ringwall.Museum.Staging;
using Ringwall.Wire.Status;

namespace Ringwall.Museum.Chaos;

/// <summary>Counts what a guard holds of the machine, when nothing is going on, and says what has become more than it should.</summary>
internal sealed class Leaks(Guard guard)
{
    // What may come and go: a client's connection, a file that is just being written, a shadow beside each sensor.
    private const int SpareDescriptors = 24;
    private const int SpareSandboxes = 4;

    private readonly Dictionary<int, string> _hosts = [];     // when each was started
    private int? _descriptors;
    private int? _keeperDescriptors;
    private int? _sandboxes;
    private int? _mounts;

    public void Saw(HostStatus? status)
    {
        if (status is not null && Started(status.Pid) is { } started)
        {
            _hosts[status.Pid] = started;
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
            Compare("sandboxes", ChildrenOf(status.Pid), ref _sandboxes, SpareSandboxes),
            Compare("mounts", Mounts(), ref _mounts, 0),
        }.OfType<string>().Concat(Groups(status.Pid));
    }

    /// <summary>After the end nothing is left.</summary>
    public IEnumerable<string> AfterTheEnd()
    {
        _ = Tool.Await(() => !Groups(0).Any() && !_hosts.Any(Lives), TimeSpan.FromSeconds(20));
        foreach ((int pid, _) in _hosts.Where(Lives))
        {
            yield return $"the host {pid} lives on after the end";
        }

        foreach (string group in Groups(0))
        {
            yield return group;
        }
    }

    private static bool Lives(KeyValuePair<int, string> host) => Started(host.Key) == host.Value;

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

    // Whatever a sensor has started itself is in its pid namespace and dies with the first in it, by the kernel's rule.
    private static int ChildrenOf(int pid)
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{pid}/task").Sum(task => File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    // When the process of this number was started, in ticks since boot: field 22 of proc_pid_stat(5). A number comes again, this does not. Null: there is none.
    private static string? Started(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(") ", 2)[1].Split(' ')[19];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    // Control groups of hosts that are no more.
    private IEnumerable<string> Groups(int living)
    {
        const string root = "/sys/fs/cgroup";
        if (!Directory.Exists(root))
        {
            return [];
        }

        return _hosts.Keys.Where(pid => pid != living).SelectMany(pid => Directory.EnumerateDirectories(
            root, $"ringwall.{pid}.*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4 })).Select(group => $"the control group {group} is left of a host that is no more");
    }
}
