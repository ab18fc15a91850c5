using System.Globalization;
using System.Runtime.InteropServices;

namespace Ringwall.Bench.Reporting;

/// <summary>What was measured on, and when.</summary>
internal static class Machine
{
    public static IEnumerable<(string Name, object Value)> Describe()
    {
        yield return ("date", DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        yield return ("cpu", Line("/proc/cpuinfo", "model name", ':'));
        yield return ("cpus", (double)Environment.ProcessorCount);
        yield return ("memory_mb", Math.Round(double.Parse(Line("/proc/meminfo", "MemTotal", ':').Split(' ')[0], CultureInfo.InvariantCulture) / 1024));
        yield return ("kernel", File.ReadAllText("/proc/sys/kernel/osrelease").Trim());
        yield return ("distribution", Line("/etc/os-release", "PRETTY_NAME", '=').Trim('"'));
        yield return ("dotnet", RuntimeInformation.FrameworkDescription);
    }

    private static string Line(string file, string name, char separator) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line ? line[(line.IndexOf(separator) + 1)..].Trim() : "unknown";
}
