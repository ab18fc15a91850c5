// Owns:     the daemon and what was mounted over its folders, which are fixed in it; both are gone after Dispose.
// Ordering: needs the mount namespace that bench/run makes: it watches every tmpfs that it sees.
using Ringwall.Bench.Running;

namespace Ringwall.Bench.Sides;

/// <summary>
/// fapolicyd at its best: two rules, an empty trust database, no hashing, no text of its decisions (facts: it marks mounts, so a
/// namespace of its own is enough to keep it to ours).
/// </summary>
internal sealed class Fapolicyd : ISide
{
    private readonly List<string> _mounts = [];
    private readonly int _pid;

    public Fapolicyd(Workshop workshop, int? cpu)
    {
        string folder = workshop.NewFolder($"fapolicyd-{Guid.NewGuid():N}");
        string probe = Path.Combine(workshop.Field, "probe-fapolicyd");
        File.WriteAllText(probe, "x");
        Cover(folder, "etc", "/etc/fapolicyd");
        Cover(folder, "lib", "/var/lib/fapolicyd");
        Cover(folder, "run", "/run/fapolicyd");
        File.WriteAllText("/etc/fapolicyd/fapolicyd.conf", """
            permissive = 0
            nice_val = 14
            q_size = 640
            uid = root
            gid = root
            do_stat_report = 0
            detailed_report = 0
            db_max_size = 10
            subj_cache_size = 1549
            obj_cache_size = 8191
            watch_fs = tmpfs
            trust = file
            integrity = none
            syslog_format = rule,dec,perm,pid,exe,:,path

            """);
        File.WriteAllText("/etc/fapolicyd/compiled.rules", $"deny perm=any all : path={probe}\nallow perm=any all : all\n");
        File.WriteAllText("/etc/fapolicyd/fapolicyd.trust", "");
        Directory.CreateDirectory("/etc/fapolicyd/trust.d");
        string[] pinned = cpu is { } one ? ["taskset", "-c", $"{one}"] : [];
        string[] command = [.. pinned, "fapolicyd"];
        try
        {
            Tool.Require(command[0], command[1..]);
            _ = GuardProbe.WaitUntilRefused(workshop, probe, () => "fapolicyd does not refuse what its first rule denies");
            _pid = Ours();
        }
        catch
        {
            _pid = Ours();
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<int> Processes => [_pid];

    public void Dispose()
    {
        if (_pid != 0)
        {
            _ = Tool.Run("kill", "-TERM", $"{_pid}");
            for (int i = 0; i < 200 && ProcessTree.Name(_pid) == "fapolicyd"; i++)
            {
                _ = Tool.Run("sleep", "0.05");
            }

            if (ProcessTree.Name(_pid) == "fapolicyd")
            {
                _ = Tool.Run("kill", "-KILL", $"{_pid}");
            }
        }

        for (int i = _mounts.Count - 1; i >= 0; i--)
        {
            _ = Tool.Run("umount", "-l", _mounts[i]);
        }
    }

    private void Cover(string folder, string name, string place)
    {
        string own = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        Directory.CreateDirectory(place);
        Tool.Require("mount", "--bind", own, place);
        _mounts.Add(place);
    }

    // It leaves its starter behind, so it is found by name, and by the namespace that it shares with us alone.
    private static int Ours()
    {
        string here = Tool.Require("readlink", "/proc/self/ns/mnt");
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out int pid) && ProcessTree.Name(pid) == "fapolicyd" && Tool.Run("readlink", $"{folder}/ns/mnt").Output == here)
            {
                return pid;
            }
        }

        return 0;
    }
}
