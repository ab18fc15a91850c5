using System.Globalization;
using Ringwall.Kernel.Procfs;

namespace Ringwall.Kernel.Cgroups;

/// <summary>
/// Names of our groups: "ringwall.PID.START.SENSOR", with the process that made it and when that started, so that a later run can tell a
/// dead run's group from a living one's.
/// </summary>
internal static class GroupName
{
    private const string Prefix = "ringwall.";

    public static string For(string sensor) => $"{Prefix}{Environment.ProcessId}.{StartOf(Environment.ProcessId) ?? 0}.{sensor}";

    /// <summary>Whether a directory's name says that it is ours and that whoever made it is gone.</summary>
    public static bool IsLeftBehind(string name)
    {
        string[] parts = name.Split('.', 4);
        return name.StartsWith(Prefix, StringComparison.Ordinal)
            && parts.Length == 4
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            && ulong.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out ulong start)
            && StartOf(pid) != start;
    }

    private static ulong? StartOf(int pid) => ProcessStat.TryRead(pid, out ProcessStat stat) ? stat.StartTicks : null;
}
