using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.sys_mount;

namespace Ringwall.Kernel.Namespaces;

/// <summary>Mounts in the calling thread's mount namespace. mount(2), pivot_root(2).</summary>
public static class MountPoint
{
    /// <summary>From here on, mounts made here and elsewhere are not told to each other.</summary>
    public static void MakeAllPrivate() => Mount("none", "/", null, MS_REC | MS_PRIVATE, null);

    public static void Tmpfs(string target, string options) => Mount("ringwall", target, "tmpfs", MS_NOSUID | MS_NODEV, options);

    /// <summary>An empty file system in memory for one user to write to: no programs, no devices, no other user's rights. tmpfs(5).</summary>
    /// <param name="target">An existing directory.</param>
    /// <param name="user">Whose it is, and whose group.</param>
    /// <param name="bytes">What all files together may hold; then writes fail with ENOSPC.</param>
    /// <param name="inodes">Files and directories; then making one fails with ENOSPC.</param>
    public static void Scratch(string target, uint user, long bytes, long inodes) =>
        Mount("ringwall", target, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, $"mode=0700,uid={user},gid={user},size={bytes},nr_inodes={inodes}");

    /// <summary>Shows a directory in a second place, to be written to: no programs, no devices, no other user's rights.</summary>
    public static void BindScratch(string source, string target)
    {
        Mount(source, target, null, MS_BIND, null);
        Mount("none", target, null, MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV | MS_NOEXEC, null);
    }

    /// <summary>The process files of the pid namespace that the caller was born into.</summary>
    public static void Proc(string target) => Mount("proc", target, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, null);

    /// <summary>
    /// Shows a file or directory in a second place, read-only. What is mounted beneath it is not shown.
    /// </summary>
    /// <param name="source">An existing file or directory.</param>
    /// <param name="target">An existing one of the same sort.</param>
    /// <param name="denied">What else is switched off there.</param>
    public static void BindReadOnly(string source, string target, MountDenials denied)
    {
        Mount(source, target, null, MS_BIND, null);

        // A bind mount takes its flags only when it is mounted once more.
        Mount("none", target, null, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | (ulong)denied, null);
    }

    public static void MakeReadOnly(string target, MountDenials denied) =>
        Mount("none", target, null, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | (ulong)denied, null);

    public static void Detach(string target)
    {
        if (umount2(target, MNT_DETACH) != 0)
        {
            KernelException.Throw($"umount2({target})");
        }
    }

    /// <summary>Makes a mount the root of all, and takes the old root out of sight and reach. The working directory must be the new root.</summary>
    public static void PivotIntoWorkingDirectory()
    {
        // Both names the same puts the old root on top of the new one, from where it is detached: pivot_root(2), NOTES.
        if (pivot_root(".", ".") != 0)
        {
            KernelException.Throw("pivot_root", "The new root must be a mount of its own, in a private mount namespace.");
        }

        Detach(".");
    }

    private static void Mount(string source, string target, string? type, ulong flags, string? options)
    {
        if (mount(source, target, type, flags, options) != 0)
        {
            KernelException.Throw(type is null ? $"mount({source} on {target})" : $"mount({type} on {target})", "It needs CAP_SYS_ADMIN.");
        }
    }
}
