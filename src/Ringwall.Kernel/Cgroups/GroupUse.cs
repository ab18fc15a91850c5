namespace Ringwall.Kernel.Cgroups;

/// <summary>What a group uses and did use. Null where no controller tells.</summary>
/// <param name="MemoryBytes">Now.</param>
/// <param name="MemoryKills">How many processes the kernel killed because the group was out of memory.</param>
/// <param name="Tasks">Processes and threads now.</param>
/// <param name="CpuTime">Processor time used since the group was made.</param>
/// <param name="Periods">Periods of 100 ms in which the group wanted to run, under a processor limit.</param>
/// <param name="ThrottledPeriods">Those of them in which it had to wait because its share was used up.</param>
public sealed record GroupUse(
    long? MemoryBytes, long? MemoryKills, long? Tasks, TimeSpan? CpuTime, long? Periods, long? ThrottledPeriods);
