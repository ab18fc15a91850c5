using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Fanotify;

/// <summary>What the kernel is told about one permission event. fanotify(7), "Dealing with permission events".</summary>
public enum PermissionResponse : uint
{
    Allow = linux_fanotify.FAN_ALLOW,
    Deny = linux_fanotify.FAN_DENY,
}
