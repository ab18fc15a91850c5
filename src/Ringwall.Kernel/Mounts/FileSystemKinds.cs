using System.Collections.Frozen;

namespace Ringwall.Kernel.Mounts;

/// <summary>Sorts file system types, by the names that the kernel registers them under (/proc/filesystems).</summary>
public static class FileSystemKinds
{
    // devtmpfs is left out of the local ones on purpose: it is tmpfs underneath, but all that happens there are opens of devices.
    private static readonly FrozenSet<string> Local = FrozenSet.Create(
        "ext2", "ext3", "ext4", "xfs", "btrfs", "bcachefs", "f2fs", "zfs", "tmpfs", "ramfs", "overlay", "aufs", "vfat", "msdos", "exfat",
        "ntfs", "ntfs3", "iso9660", "udf", "squashfs", "erofs", "jfs", "reiserfs", "nilfs2", "hfs", "hfsplus", "minix", "ufs", "ubifs", "jffs2",
        "cramfs", "romfs", "apfs", "zonefs", "efs", "sysv", "affs");

    private static readonly FrozenSet<string> Network = FrozenSet.Create(
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "ceph", "afs", "coda", "9p", "lustre", "gfs", "gfs2", "ocfs2", "orangefs", "pvfs2",
        "glusterfs", "beegfs", "gpfs", "panfs", "vboxsf", "vmhgfs", "prl_fs", "acfs");

    private static readonly FrozenSet<string> Pseudo = FrozenSet.Create(
        "proc", "sysfs", "devtmpfs", "devpts", "cgroup", "cgroup2", "cpuset", "securityfs", "debugfs", "tracefs", "bpf", "pstore", "efivarfs",
        "configfs", "selinuxfs", "smackfs", "mqueue", "hugetlbfs", "binfmt_misc", "fusectl", "rpc_pipefs", "nfsd", "nsfs", "pipefs", "sockfs",
        "anon_inodefs", "bdev", "binder", "functionfs", "gadgetfs", "resctrl", "xenfs", "usbfs", "spufs", "ibmasmfs", "openpromfs", "dax", "pidfs",
        "guest-memfd", "secretmem");

    public static FileSystemKind Of(string type)
    {
        if (Local.Contains(type))
        {
            return FileSystemKind.Local;
        }

        // "fuse", "fuseblk", "fuse.sshfs" and, over a virtual machine's bus, "virtiofs".
        if (type is "fuse" or "fuseblk" or "virtiofs" || type.StartsWith("fuse.", StringComparison.Ordinal)
            || type.StartsWith("fuseblk.", StringComparison.Ordinal))
        {
            return FileSystemKind.Fuse;
        }

        return type == "autofs" ? FileSystemKind.Autofs
            : Network.Contains(type) ? FileSystemKind.Network
            : Pseudo.Contains(type) ? FileSystemKind.Pseudo
            : FileSystemKind.Unknown;
    }
}
