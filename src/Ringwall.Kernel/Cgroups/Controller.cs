namespace Ringwall.Kernel.Cgroups;

/// <summary>What a control group can bound. cgroups(7).</summary>
public enum Controller
{
    Memory,

    /// <summary>Processes and threads.</summary>
    Tasks,

    /// <summary>Processor time per time.</summary>
    Cpu,

    /// <summary>Counts processor time. Version 1 only; in version 2 every group counts it.</summary>
    CpuCount,
}
