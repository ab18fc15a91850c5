namespace Ringwall.Host.Configuration;

/// <summary>How much of the machine a sensor may use.</summary>
internal sealed record SensorLimits
{
    public int MemoryMb { get; init; } = 512;

    /// <summary>Processes and threads together.</summary>
    public int Processes { get; init; } = 64;

    public int Descriptors { get; init; } = 4096;

    /// <summary>Of one CPU: 200 is two whole CPUs.</summary>
    public int CpuPercent { get; init; } = 100;

    /// <summary>Mebibytes of its scratch folder; 0 gives it none. <see cref="NoQuota"/>: a plain folder on disk.</summary>
    public int ScratchMb { get; init; } = 64;

    /// <summary>More findings than so many in a minute are a strike.</summary>
    public int FindingsPerMinute { get; init; } = 3000;

    /// <summary>For rehearsals: the scratch folder has no bound of its own.</summary>
    public const int NoQuota = -1;

    /// <summary>What is left of them without some guards (<see cref="HostConfiguration.WithoutGuards"/>): bounds that nothing reaches.</summary>
    public SensorLimits Without(IReadOnlySet<Guard> guards)
    {
        SensorLimits left = this;
        if (guards.Contains(Guard.Limits))
        {
            left = left with
            {
                MemoryMb = (int)Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024 * 1024), left.MemoryMb, int.MaxValue / 2),
                Processes = 32 * 1024,
                Descriptors = 1024 * 1024,
                CpuPercent = 100 * 1024,
            };
        }

        return guards.Contains(Guard.Quota) ? left with { ScratchMb = NoQuota, FindingsPerMinute = int.MaxValue } : left;
    }
}
