namespace Ringwall.Kernel.Tells;

/// <summary>Where events come from; loss is counted apart for each.</summary>
public enum TellSource
{
    /// <summary>Processes: executions, forks, ends.</summary>
    Process,

    /// <summary>Outgoing connections.</summary>
    Network,

    /// <summary>Changes in file systems.</summary>
    File,
}
