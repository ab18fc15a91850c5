using System.Globalization;
using Ringwall.Kernel.Polling;
using Ringwall.Kernel.Processes;

namespace Ringwall.Kernel.Cgroups;

// Owns:     one directory in each hierarchy that has a controller for us, from Create to Remove.
// Threads:  any, one at a time; Use may be read from another.

/// <summary>A group of processes with limits, in version 2, version 1 or both, as the machine has it.</summary>
public sealed class LimitedGroup
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private const int BetweenTriesMs = 10;

    private readonly List<(ControllerPlace Place, string Directory)> _groups = [];

    private LimitedGroup()
    {
    }

    /// <summary>What could not be limited, and why.</summary>
    public IReadOnlyList<string> Shortfalls { get; private set; } = [];

    /// <summary>Whether the group bounds this. Where it does not, something else must.</summary>
    public bool Bounds(Controller controller) => _groups.Exists(g => g.Place.Controller == controller);

    /// <summary>Makes the group, without limits yet. What the machine does not offer is told by <see cref="Bounds"/> and <see cref="Shortfalls"/>.</summary>
    public static LimitedGroup Create(CgroupPlaces places, string sensor)
    {
        LimitedGroup group = new();
        List<string> shortfalls = [];
        string name = GroupName.For(sensor);
        foreach (ControllerPlace place in places.All)
        {
            string directory = Path.Combine(place.Directory, name);
            try
            {
                Directory.CreateDirectory(directory);
                group._groups.Add((place, directory));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                shortfalls.Add($"{place.Controller}: {e.Message}");
            }
        }

        foreach (Controller wanted in (Controller[])[Controller.Memory, Controller.Tasks, Controller.Cpu])
        {
            if (!places.TryGet(wanted, out _))
            {
                shortfalls.Add($"{wanted}: no hierarchy of control groups that can be used here has this controller");
            }
        }

        group.Shortfalls = shortfalls;
        return group;
    }

    /// <summary>Sets all limits that the group can bound.</summary>
    /// <exception cref="KernelException">One could not be set.</exception>
    public void Limit(GroupLimits limits)
    {
        foreach ((ControllerPlace place, string directory) in _groups)
        {
            string? why = place.IsUnified ? LimitUnified(place.Controller, directory, limits) : LimitOld(place.Controller, directory, limits);
            if (why is not null)
            {
                throw new KernelException($"limit of {place.Controller}: {why}", new Errno(Errno.EINVAL));
            }
        }
    }

    /// <summary>Puts a process into the group, with all its threads; its future children are born there.</summary>
    /// <exception cref="KernelException">It could not be put there. An unlimited process is not to run.</exception>
    public void Add(int pid)
    {
        foreach (string directory in Directories())
        {
            if (!ControlFile.TryWrite(Path.Combine(directory, "cgroup.procs"), pid.ToString(CultureInfo.InvariantCulture), out string? why))
            {
                throw new KernelException($"cgroup.procs: {why}", new Errno(Errno.EPERM), "The host must be allowed to write to its control groups.");
            }
        }
    }

    public GroupUse Use()
    {
        GroupUse use = new(null, null, null, null, null, null);
        foreach ((ControllerPlace place, string directory) in _groups)
        {
            use = place.IsUnified ? ReadUnified(place.Controller, directory, use) : ReadOld(place.Controller, directory, use);
        }

        return use;
    }

    /// <summary>Removes the group. Its processes must have ended; the kernel may take a moment to notice.</summary>
    /// <returns>Whether it is gone. What stays is found by a later run (<see cref="RemoveLeftBehind"/>).</returns>
    public bool TryRemove()
    {
        bool all = true;
        foreach (string directory in Directories())
        {
            all &= TryRemove(directory);
        }

        return all;
    }

    /// <summary>Ends what runs in groups of dead runs of ours, and removes them.</summary>
    /// <returns>The directories that were found and are gone.</returns>
    public static IReadOnlyList<string> RemoveLeftBehind(CgroupPlaces places)
    {
        List<string> gone = [];
        foreach (string place in places.Directories())
        {
            foreach (string directory in Directory.GetDirectories(place))
            {
                if (GroupName.IsLeftBehind(Path.GetFileName(directory)))
                {
                    KillAll(directory);
                    if (TryRemove(directory))
                    {
                        gone.Add(directory);
                    }
                }
            }
        }

        return gone;
    }

    // Version 1 files: Documentation/admin-guide/cgroup-v1/{memory,pids}.rst and scheduler/sched-bwc.rst of the kernel.
    private static string? LimitOld(Controller controller, string directory, GroupLimits limits)
    {
        string? why = null;
        switch (controller)
        {
            case Controller.Memory:
                if (TryPut(directory, "memory.limit_in_bytes", limits.MemoryBytes, ref why))
                {
                    // Without swap accounting there is no such file, and without swap no need.
                    _ = ControlFile.TryWrite(Path.Combine(directory, "memory.memsw.limit_in_bytes"), Text(limits.MemoryBytes), out _);
                }

                break;
            case Controller.Tasks:
                _ = TryPut(directory, "pids.max", limits.Tasks, ref why);
                break;
            case Controller.Cpu:
                _ = TryPut(directory, "cpu.cfs_period_us", PeriodUs, ref why)
                    && TryPut(directory, "cpu.cfs_quota_us", (long)PeriodUs * limits.CpuPercent / 100, ref why);
                break;
        }

        return why;
    }

    // Version 2 files: Documentation/admin-guide/cgroup-v2.rst of the kernel.
    private static string? LimitUnified(Controller controller, string directory, GroupLimits limits)
    {
        string? why = null;
        switch (controller)
        {
            case Controller.Memory:
                if (TryPut(directory, "memory.max", limits.MemoryBytes, ref why))
                {
                    _ = ControlFile.TryWrite(Path.Combine(directory, "memory.swap.max"), "0", out _);

                    // One process of a sensor killed and the others left would be a sensor in an unknown state.
                    _ = ControlFile.TryWrite(Path.Combine(directory, "memory.oom.group"), "1", out _);
                }

                break;
            case Controller.Tasks:
                _ = TryPut(directory, "pids.max", limits.Tasks, ref why);
                break;
            case Controller.Cpu:
                if (!ControlFile.TryWrite(Path.Combine(directory, "cpu.max"), $"{(long)PeriodUs * limits.CpuPercent / 100} {PeriodUs}", out why))
                {
                    return why;
                }

                break;
        }

        return why;
    }

    private static GroupUse ReadOld(Controller controller, string directory, GroupUse use)
    {
        string At(string file) => Path.Combine(directory, file);
        return controller switch
        {
            Controller.Memory => use with
            {
                MemoryBytes = ControlFile.Number(At("memory.usage_in_bytes")),
                MemoryKills = ControlFile.Number(At("memory.oom_control"), "oom_kill"),
            },
            Controller.Tasks => use with { Tasks = ControlFile.Number(At("pids.current")) },
            Controller.Cpu => use with
            {
                Periods = ControlFile.Number(At("cpu.stat"), "nr_periods"),
                ThrottledPeriods = ControlFile.Number(At("cpu.stat"), "nr_throttled"),
            },
            _ => ControlFile.Number(At("cpuacct.usage")) is { } ns ? use with { CpuTime = TimeSpan.FromMicroseconds(ns / 1000) } : use,
        };
    }

    private static GroupUse ReadUnified(Controller controller, string directory, GroupUse use)
    {
        string At(string file) => Path.Combine(directory, file);
        GroupUse more = controller switch
        {
            Controller.Memory => use with
            {
                MemoryBytes = ControlFile.Number(At("memory.current")),
                MemoryKills = ControlFile.Number(At("memory.events"), "oom_kill"),
            },
            Controller.Tasks => use with { Tasks = ControlFile.Number(At("pids.current")) },
            Controller.Cpu => use with
            {
                Periods = ControlFile.Number(At("cpu.stat"), "nr_periods"),
                ThrottledPeriods = ControlFile.Number(At("cpu.stat"), "nr_throttled"),
            },
            _ => use,
        };
        return ControlFile.Number(At("cpu.stat"), "usage_usec") is { } us ? more with { CpuTime = TimeSpan.FromMicroseconds(us) } : more;
    }

    private static bool TryRemove(string directory)
    {
        for (long until = Environment.TickCount64 + (long)Patience.TotalMilliseconds; ;)
        {
            try
            {
                Directory.Delete(directory);
                return true;
            }
            catch (DirectoryNotFoundException)
            {
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (Environment.TickCount64 >= until)
                {
                    return false;
                }

                _ = Poll.Readable([], BetweenTriesMs);
            }
        }
    }

    private static void KillAll(string directory)
    {
        if (!ControlFile.TryRead(Path.Combine(directory, "cgroup.procs"), out string pids))
        {
            return;
        }

        foreach (string line in pids.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // Numbers of other pid namespaces show as 0.
            if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 0
                && Pidfd.TryOpen(pid, out Pidfd? held))
            {
                using (held)
                {
                    _ = held!.TryKill();
                }
            }
        }
    }

    private static bool TryPut(string directory, string file, long value, ref string? why) =>
        ControlFile.TryWrite(Path.Combine(directory, file), Text(value), out why);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private IEnumerable<string> Directories() => _groups.Select(g => g.Directory).Distinct();

    private const int PeriodUs = 100_000;
}
