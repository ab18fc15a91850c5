using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Fanotify;

/// <summary>What the kernel stops a process for until somebody answers. fanotify_mark(2).</summary>
[Flags]
public enum PermissionEvents : ulong
{
    None = 0,
    Open = linux_fanotify.FAN_OPEN_PERM,
    OpenForExecution = linux_fanotify.FAN_OPEN_EXEC_PERM,
}
