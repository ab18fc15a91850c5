using System.Globalization;

namespace Ringwall.Host.Findings;

/// <summary>What every finding says about the machine. Read once.</summary>
/// <param name="Hostname">As the kernel has it.</param>
/// <param name="KernelRelease">For example "6.1.0-28-amd64".</param>
/// <param name="BootTime">Milliseconds since 1970 at which nanosecond 0 of the boot clock was; processes are stamped by that clock.</param>
/// <param name="HostVersion">Ours.</param>
internal sealed record Machine(string Hostname, string KernelRelease, long BootTime, string HostVersion)
{
    public static Machine Read(string hostVersion) => new(
        File.ReadAllText("/proc/sys/kernel/hostname").Trim(),
        File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - UptimeMs(),
        hostVersion);

    // /proc/uptime counts suspended time, as the boot clock does (proc_uptime(5)).
    private static long UptimeMs() =>
        (long)(double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture) * 1000);
}
