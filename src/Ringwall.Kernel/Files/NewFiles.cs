using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Files;

/// <summary>What files and directories of this process start with. umask(2); of the whole process.</summary>
public static class NewFiles
{
    /// <summary>Everybody may read what is made from here on; only its owner may write it.</summary>
    public static void AreReadableByAll() => _ = sys_stat.umask(0b000_010_010);
}
