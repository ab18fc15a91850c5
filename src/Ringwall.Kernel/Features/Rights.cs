using System.Globalization;

namespace Ringwall.Kernel.Features;

/// <summary>The capabilities that this process holds. capabilities(7).</summary>
public static class Rights
{
    // linux/capability.h
    private static readonly (int Bit, string Name, string For)[] Needed =
    [
        (21, "CAP_SYS_ADMIN", "fanotify, namespaces, mounts"),
        (7, "CAP_SETUID", "sensors run as users of their own"),
        (6, "CAP_SETGID", "the same"),
        (5, "CAP_KILL", "ending sensors"),
        (19, "CAP_SYS_PTRACE", "seeing what other users' processes run"),
        (28, "CAP_LEASE", "knowing of writers"),
        (39, "CAP_BPF", "BPF programs"),
        (38, "CAP_PERFMON", "BPF programs"),
        (12, "CAP_NET_ADMIN", "connections by BPF, the process connector"),
        (2, "CAP_DAC_READ_SEARCH", "files of all users"),
    ];

    public static FeatureAnswer All() => Judge(File.ReadLines("/proc/self/status"));

    /// <param name="status">The lines of proc_pid_status(5).</param>
    public static FeatureAnswer Judge(IEnumerable<string> status)
    {
        string? line = status.FirstOrDefault(one => one.StartsWith("CapEff:", StringComparison.Ordinal));
        if (line is null || !ulong.TryParse(line.AsSpan("CapEff:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong held))
        {
            return FeatureAnswer.Unknown("/proc/self/status tells no CapEff");
        }

        string[] missing = [.. Needed.Where(one => (held & (1UL << one.Bit)) == 0).Select(one => $"{one.Name} ({one.For})")];
        return missing.Length == 0 ? FeatureAnswer.Yes() : FeatureAnswer.No($"missing: {string.Join(", ", missing)}");
    }
}
