using System.Diagnostics;
using System.Globalization;

namespace Ringwall.Museum.Replays;

/// <summary>How much of the time something on this machine waits for a processor: "some total" of /proc/pressure/cpu (the kernel's accounting/psi.rst).</summary>
internal sealed class CpuPressure
{
    private readonly long _stalledUs = StalledUs();
    private readonly long _begun = Stopwatch.GetTimestamp();

    private CpuPressure()
    {
    }

    public static CpuPressure Begin() => new();

    /// <summary>Since it began, 0 to 1; 0 on a kernel that does not tell.</summary>
    public double Share() => Math.Clamp((StalledUs() - _stalledUs) / Stopwatch.GetElapsedTime(_begun).TotalMicroseconds, 0, 1);

    private static long StalledUs()
    {
        const string file = "/proc/pressure/cpu";
        try
        {
            return long.Parse(File.ReadLines(file).First().Split("total=")[1], CultureInfo.InvariantCulture);
        }
        catch (Exception unknown) when (unknown is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
