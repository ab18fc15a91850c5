namespace Ringwall.Museum.Replays;

/// <summary>How much processor time the sensor's process took, from what was read of /proc beside each status.</summary>
internal static class ProcessorUse
{
    private const long WindowNs = 3_000_000_000;

    /// <summary>Of one processor, over the worst three seconds; 0 when it never lived so long.</summary>
    public static double MostPercent(IReadOnlyList<StatusSample> samples)
    {
        double most = 0;
        int first = 0;
        for (int last = 0; last < samples.Count; last++)
        {
            while (samples[last].AtNs - samples[first].AtNs > WindowNs + 200_000_000)
            {
                first++;
            }

            StatusSample from = samples[first], to = samples[last];
            if (from.Pid == to.Pid && from.Pid > 0 && to.AtNs - from.AtNs > WindowNs)
            {
                most = Math.Max(most, (to.CpuNs - from.CpuNs) * 100.0 / (to.AtNs - from.AtNs));
            }
        }

        return most;
    }

    /// <summary>User and system time of a process and its threads: fields 14 and 15 of proc_pid_stat(5), in hundredths of a second.</summary>
    public static long NsOf(int pid)
    {
        try
        {
            string[] fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ", 2)[1].Split(' ');
            return (long.Parse(fields[11], System.Globalization.CultureInfo.InvariantCulture) + long.Parse(fields[12], System.Globalization.CultureInfo.InvariantCulture)) * 10_000_000;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
        {
            return 0;
        }
    }
}
