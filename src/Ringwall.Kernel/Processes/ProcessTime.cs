using System.Globalization;
using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Processes;

/// <summary>Processor time of a process, for machines whose control groups do not count it. clock_getcpuclockid(3).</summary>
public static unsafe class ProcessTime
{
    /// <summary>Of all its threads, since it started; its children do not count. Zero when there is no such process.</summary>
    public static TimeSpan Of(int pid)
    {
        int clock;
        timespec time;
        return libc_time.clock_getcpuclockid(pid, &clock) == 0 && libc_time.clock_gettime(clock, &time) == 0
            ? new TimeSpan((time.tv_sec * TimeSpan.TicksPerSecond) + (time.tv_nsec / TimeSpan.NanosecondsPerTick))
            : TimeSpan.Zero;
    }

    /// <summary>
    /// Of a process and of all that descend from it and still run. Whole for number 1 of a process namespace, which inherits whoever loses its parent. What ended
    /// takes its time with it, and a kernel without CONFIG_PROC_CHILDREN counts the process alone. proc_tid_children(5).
    /// </summary>
    public static TimeSpan OfAll(int pid)
    {
        TimeSpan sum = TimeSpan.Zero;
        Queue<int> left = new([pid]);
        while (left.TryDequeue(out int one))
        {
            sum += Of(one);
            try
            {
                foreach (string task in Directory.GetDirectories($"/proc/{one}/task"))
                {
                    foreach (string child in File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    {
                        left.Enqueue(int.Parse(child, CultureInfo.InvariantCulture));
                    }
                }
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }

        return sum;
    }
}
