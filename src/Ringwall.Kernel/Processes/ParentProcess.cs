using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Processes;

/// <summary>The process that started this one, or that took its place.</summary>
public static class ParentProcess
{
    /// <summary>getppid(2).</summary>
    public static int Pid => libc_unistd.getppid();
}
