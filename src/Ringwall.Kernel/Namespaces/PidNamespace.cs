namespace Ringwall.Kernel.Namespaces;

/// <summary>The pid namespace of this process. pid_namespaces(7).</summary>
public static class PidNamespace
{
    // PROC_PID_INIT_INO, linux/proc_ns.h: the same on every kernel since 3.8.
    private const string Initial = "pid:[4026531836]";

    /// <summary>
    /// Whether process numbers mean the same here as to the kernel's own programs and its connector, which count in the initial namespace.
    /// </summary>
    public static bool IsInitial => new FileInfo("/proc/self/ns/pid").LinkTarget == Initial;
}
