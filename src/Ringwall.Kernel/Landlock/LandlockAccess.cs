using static Ringwall.Kernel.Abi.linux_landlock;

namespace Ringwall.Kernel.Landlock;

/// <summary>What Landlock can allow on a path; the rights that a sandbox needs.</summary>
[Flags]
public enum LandlockAccess : ulong
{
    None = 0,
    Execute = LANDLOCK_ACCESS_FS_EXECUTE,
    Write = LANDLOCK_ACCESS_FS_WRITE_FILE,
    Read = LANDLOCK_ACCESS_FS_READ_FILE,
    List = LANDLOCK_ACCESS_FS_READ_DIR,
}
