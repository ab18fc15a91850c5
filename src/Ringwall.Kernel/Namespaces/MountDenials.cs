using static Ringwall.Kernel.Abi.sys_mount;

namespace Ringwall.Kernel.Namespaces;

/// <summary>What a mount does not let files do.</summary>
[Flags]
public enum MountDenials : ulong
{
    None = 0,
    Devices = MS_NODEV,
    Execution = MS_NOEXEC,
}
