using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Processes;

/// <summary>Process groups. A process is born into its parent's, and none but its parent or itself moves it. setpgid(2).</summary>
public static class ProcessGroup
{
    private static readonly int Own = Environment.ProcessId;

    /// <summary>Whether a process is in the group that this process leads. False when this process leads none. Allocates nothing.</summary>
    public static bool IsInOwn(int pid) => libc_unistd.getpgid(pid) == Own;
}
