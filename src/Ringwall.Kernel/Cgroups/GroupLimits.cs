namespace Ringwall.Kernel.Cgroups;

/// <summary>How much the processes of one group may use together.</summary>
/// <param name="MemoryBytes">Memory, and no swap beyond it.</param>
/// <param name="Tasks">Processes and threads.</param>
/// <param name="CpuPercent">Of one processor: 200 is two whole ones.</param>
public sealed record GroupLimits(long MemoryBytes, int Tasks, int CpuPercent);
