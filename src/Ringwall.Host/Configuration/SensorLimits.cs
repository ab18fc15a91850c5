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
}
