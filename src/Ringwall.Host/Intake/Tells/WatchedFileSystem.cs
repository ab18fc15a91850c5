using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Intake.Tells;

/// <summary>One file system that is watched, and the mounts through which its handles can be turned into paths.</summary>
internal sealed class WatchedFileSystem(ulong id, string type, ulong device, WatchedMount[] mounts)
{
    /// <summary>As events name it.</summary>
    public ulong Id { get; } = id;

    public string Type { get; } = type;

    public ulong Device { get; } = device;

    /// <summary>The first mount point.</summary>
    public ReadOnlySpan<byte> Point => mounts[0].Point;

    public bool TryPath(HandleView directory, Span<byte> into, out int length)
    {
        foreach (WatchedMount mount in mounts)
        {
            if (mount.TryPath(directory, into, out length))
            {
                return true;
            }
        }

        length = 0;
        return false;
    }

    /// <summary>Which file a handle means, as stat(2) would tell it. False when it is gone and its handle does not say.</summary>
    public bool TryKey(HandleView handle, out FileKey key)
    {
        if (InodeHandles.TryInode(Type, handle, out ulong inode))
        {
            key = new FileKey(Device, inode);
            return true;
        }

        foreach (WatchedMount mount in mounts)
        {
            if (mount.TryStat(handle, out FileState state))
            {
                key = new FileKey(state.Identity.Device, state.Identity.Inode);
                return true;
            }
        }

        key = default;
        return false;
    }

    /// <summary>Which file a name in a directory means now. False when it means none.</summary>
    public bool TryKey(HandleView directory, ReadOnlySpan<byte> name, out FileKey key)
    {
        foreach (WatchedMount mount in mounts)
        {
            if (mount.TryStat(directory, name, out FileState state))
            {
                key = new FileKey(state.Identity.Device, state.Identity.Inode);
                return true;
            }
        }

        key = default;
        return false;
    }
}
