namespace Ringwall.Museum.Canary;

/// <summary>One thing that the machine at work did.</summary>
/// <param name="Kind">What sort.</param>
/// <param name="StartedNs">CLOCK_MONOTONIC.</param>
/// <param name="TookNs">Nanoseconds until the kernel had decided, or, of a whole task, until it was done.</param>
/// <param name="Error">0, or why not: errno, or a task's exit code.</param>
/// <param name="Subject">The file, or the task's last words.</param>
internal sealed record Operation(OperationKind Kind, long StartedNs, long TookNs, int Error, string Subject)
{
    public double TookMs => TookNs / 1e6;
}

internal enum OperationKind
{
    Exec,
    Open,

    /// <summary>Opens of what is to be refused.</summary>
    Watch,

    /// <summary>Creating, writing, renaming and deleting a file.</summary>
    Change,

    /// <summary>What the fault waits for: opens, changes and connections that nobody makes before. They may be refused; they may not wait.</summary>
    Cue,

    /// <summary>A login shell that reads its profile and runs a few commands.</summary>
    Login,

    /// <summary>Installing and removing a package with its scripts.</summary>
    Install,
}
