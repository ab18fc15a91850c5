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

    /// <summary>Make, change, rename and remove files and directories; nothing else can be made.</summary>
    Change = LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE | FS_REFER | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR
        | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR,
}
