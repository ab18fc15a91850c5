using Ringwall.Sensors.Yara.Abi;

namespace Ringwall.Sensors.Yara.Reading;

/// <summary>Which file, in which state: it differs whenever the kernel noticed a change.</summary>
internal readonly record struct FileIdentity(ulong Device, ulong Inode, long Size, long ModifiedNs, long ChangedNs)
{
    /// <summary>False when the descriptor is no regular file, or the kernel says nothing about it.</summary>
    public static unsafe bool TryOf(int file, out FileIdentity identity)
    {
        linux_stat stat;

        // SAFETY: fstat fills the whole struct, whose layout the ABI test compares with the header, or returns -1.
        if (libc_files.fstat(file, &stat) != 0 || (stat.st_mode & libc_files.S_IFMT) != libc_files.S_IFREG)
        {
            identity = default;
            return false;
        }

        identity = new FileIdentity(stat.st_dev, stat.st_ino, stat.st_size, Nanoseconds(stat.st_mtim), Nanoseconds(stat.st_ctim));
        return true;
    }

    private static long Nanoseconds(linux_timespec time) => (time.tv_sec * 1_000_000_000) + time.tv_nsec;
}
