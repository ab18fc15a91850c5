using Ringwall.Kernel.Cgroups;
using Ringwall.Kernel.Procfs;

namespace Ringwall.Host.Tests.Sandboxes;

/// <summary>What a sensor of one name has left on the machine. Looks for that very name, so other tests' sensors are none of its business.</summary>
internal static class Leftovers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Waits until nothing is left, or fails and says what.</summary>
    public static void AwaitNone(string sensor, uint user, string runDirectory)
    {
        IReadOnlyList<string> left = [];
        for (long until = Environment.TickCount64 + (long)Patience.TotalMilliseconds; Environment.TickCount64 < until; Thread.Sleep(20))
        {
            left = Of(sensor, user, runDirectory);
            if (left.Count == 0)
            {
                return;
            }
        }

        Assert.Fail($"left behind after {Patience.TotalSeconds} s: {string.Join("; ", left)}");
    }

    /// <summary>Control groups with the sensor's name, processes of its user, mounts below its run directory.</summary>
    public static IReadOnlyList<string> Of(string sensor, uint user, string runDirectory)
    {
        List<string> left = [];
        foreach (string place in CgroupPlaces.Find().Directories())
        {
            left.AddRange(Directory.GetDirectories(place, $"ringwall.*.{sensor}"));
        }

        foreach (int pid in ProcessFile.Pids())
        {
            if (ProcessStatus.TryRead(pid, out ProcessStatus status) && status.User == user)
            {
                left.Add($"process {pid}");
            }
        }

        left.AddRange(File.ReadLines("/proc/self/mountinfo").Where(m => m.Split(' ')[4].StartsWith(runDirectory, StringComparison.Ordinal)));
        return left;
    }
}
