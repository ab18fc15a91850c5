using System.Diagnostics.CodeAnalysis;

namespace Ringwall.Kernel.Cgroups;

/// <summary>
/// Where this process may make groups: version 2 wherever its controllers can be used, version 1 for the controllers that live there.
/// A controller is in one hierarchy only. cgroups(7).
/// </summary>
public sealed class CgroupPlaces
{
    // What a group that nobody bounded says: cgroup-v2.rst.
    private static readonly Dictionary<string, (string File, string Unset)[]> Knobs = new()
    {
        ["memory"] = [("memory.max", "max"), ("memory.high", "max"), ("memory.low", "0"), ("memory.min", "0")],
        ["pids"] = [("pids.max", "max")],
        ["cpu"] = [("cpu.max", "max 100000"), ("cpu.weight", "100")],
    };

    private readonly List<ControllerPlace> _places = [];
    private readonly List<(string Directory, string Controller)> _switchedOn = [];

    private CgroupPlaces()
    {
    }

    public IReadOnlyList<ControllerPlace> All => _places;

    /// <summary>On this machine, as seen from this process.</summary>
    public static CgroupPlaces Find() =>
        Find(File.ReadAllLines("/proc/self/mountinfo"), File.ReadAllLines("/proc/self/cgroup"));

    /// <param name="mountInfo">proc_pid_mountinfo(5).</param>
    /// <param name="ownGroups">/proc/PID/cgroup of cgroups(7).</param>
    internal static CgroupPlaces Find(IEnumerable<string> mountInfo, IReadOnlyCollection<string> ownGroups)
    {
        CgroupPlaces places = new();
        foreach (string line in mountInfo)
        {
            if (!Hierarchy.TryParse(line, ownGroups, out Hierarchy? hierarchy))
            {
                continue;
            }

            if (hierarchy.IsUnified)
            {
                places.AddUnified(hierarchy);
            }
            else
            {
                places.AddOld(hierarchy);
            }
        }

        return places;
    }

    public bool TryGet(Controller controller, [NotNullWhen(true)] out ControllerPlace? place)
    {
        place = _places.Find(p => p.Controller == controller);
        return place is not null;
    }

    /// <summary>Every directory that groups are made in, once.</summary>
    public IEnumerable<string> Directories() => _places.Select(p => p.Directory).Distinct();

    /// <summary>
    /// Switches off what <see cref="Find()"/> had to switch on for new groups. What somebody else's group has begun to make use of stays: its bounds would go with it.
    /// After the last group made here is removed.
    /// </summary>
    public void SwitchBack()
    {
        foreach ((string directory, string controller) in _switchedOn)
        {
            if (!Directory.EnumerateDirectories(directory).Any(group => Knobs[controller].Any(knob => IsSet(group, knob))))
            {
                // Refused (EBUSY) where a group below hands the controller on: then it is in use.
                _ = ControlFile.TryWrite(Path.Combine(directory, "cgroup.subtree_control"), $"-{controller}", out _);
            }
        }

        _switchedOn.Clear();
    }

    private static bool IsSet(string group, (string File, string Unset) knob) =>
        ControlFile.TryRead(Path.Combine(group, knob.File), out string text) && text.Trim() != knob.Unset;

    // From our own group upwards to the first in which all that this hierarchy has can be switched on for new groups. In a group that
    // holds processes it cannot (but in the topmost one), so that is mostly the parent of the service's own.
    private void AddUnified(Hierarchy hierarchy)
    {
        Dictionary<string, Controller> known = new()
        {
            ["memory"] = Controller.Memory,
            ["pids"] = Controller.Tasks,
            ["cpu"] = Controller.Cpu,
        };
        string[] there = [.. Words(Path.Combine(hierarchy.MountPoint, "cgroup.controllers")).Where(known.ContainsKey)];
        if (there.Length == 0)
        {
            return;
        }

        foreach (string candidate in hierarchy.OwnAndAbove())
        {
            string switches = Path.Combine(candidate, "cgroup.subtree_control");
            string[] missing = [.. there.Except(Words(switches))];
            if (missing.Length > 0 && !ControlFile.TryWrite(switches, string.Join(' ', missing.Select(c => "+" + c)), out _))
            {
                continue;
            }

            _switchedOn.AddRange(missing.Select(controller => (candidate, controller)));
            string[] on = Words(switches);
            if (there.All(on.Contains))
            {
                _places.AddRange(there.Select(c => new ControllerPlace(known[c], IsUnified: true, candidate)));
                return;
            }
        }
    }

    private void AddOld(Hierarchy hierarchy)
    {
        foreach (string controller in hierarchy.Controllers)
        {
            Controller? known = controller switch
            {
                "memory" => Controller.Memory,
                "pids" => Controller.Tasks,
                "cpu" => Controller.Cpu,
                "cpuacct" => Controller.CpuCount,
                _ => null,
            };
            if (known is { } bounds)
            {
                _places.Add(new ControllerPlace(bounds, IsUnified: false, hierarchy.OwnAndAbove().First()));
            }
        }
    }

    private static string[] Words(string file) =>
        ControlFile.TryRead(file, out string text) ? text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries) : [];
}
