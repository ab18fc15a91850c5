using System.Collections.Frozen;

namespace Ringwall.Host.Decide;

/// <summary>What may be remembered about files of one filesystem.</summary>
/// <param name="Remember">The filesystem shows every change of a file in its inode. Not so overlays, whose lower files can change beneath them.</param>
/// <param name="StoresMoveTimes">
/// The first store through a new shared mapping moves the file's times. Not so tmpfs, where a page that was read through the mapping is
/// writable without a further fault.
/// </param>
internal readonly record struct FilesystemTraits(bool Remember, bool StoresMoveTimes)
{
    /// <summary>
    /// The mount, when all of the filesystem is mounted once and nowhere else: a path below it is then the only way to a file of one name. 0 otherwise.
    /// </summary>
    public int OnlyMount { get; init; }

    public static FilesystemTraits Of(string type) => type switch
    {
        "ext2" or "ext3" or "ext4" or "xfs" or "f2fs" => new(Remember: true, StoresMoveTimes: true),
        "tmpfs" => new(Remember: true, StoresMoveTimes: false),
        _ => default,
    };
}

/// <summary>The filesystems that are marked, by device. Replaced whole by the mount thread, read without a lock.</summary>
internal sealed class Watched
{
    private volatile FrozenDictionary<ulong, FilesystemTraits> _byDevice = FrozenDictionary<ulong, FilesystemTraits>.Empty;

    public FilesystemTraits TraitsOf(ulong device) => _byDevice.TryGetValue(device, out FilesystemTraits traits) ? traits : default;

    public void Replace(IReadOnlyDictionary<ulong, FilesystemTraits> byDevice) => _byDevice = byDevice.ToFrozenDictionary();
}
