namespace Ringwall.Kernel.Tells;

/// <summary>
/// Takes what processes did, in the kernel's order, whichever way it became known. Calls come one at a time. Times are nanoseconds since boot.
/// </summary>
public interface ITellSink
{
    /// <summary>A process executed a program.</summary>
    public void Executed(ulong time, in ProcessFacts process, in ExecFacts program);

    /// <summary>A process came to be.</summary>
    /// <param name="time">When.</param>
    /// <param name="process">The new one.</param>
    /// <param name="forkerPid">Who called fork: usually the parent.</param>
    /// <param name="forkerStartNs">When that one started. 0: not known.</param>
    public void Forked(ulong time, in ProcessFacts process, int forkerPid, ulong forkerStartNs);

    /// <summary>A process ended, with all its threads. May come twice for one process.</summary>
    /// <param name="time">When.</param>
    /// <param name="process">Which.</param>
    /// <param name="status">As wait(2) gives it: exit code in the second byte, signal in the lowest seven bits.</param>
    public void Ended(ulong time, in ProcessFacts process, int status);

    /// <summary>A process asked for a connection. Whether it will come about is not known yet.</summary>
    public void Connecting(ulong time, in ProcessFacts process, in ConnectFacts target);

    /// <summary>Events were lost before they came here.</summary>
    /// <param name="source">Which kind.</param>
    /// <param name="count">How many; at least 1.</param>
    /// <param name="exact">Whether the number is exact. If not, it may have been any other number.</param>
    public void Lost(TellSource source, ulong count, bool exact);
}
