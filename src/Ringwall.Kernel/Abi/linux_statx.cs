namespace Ringwall.Kernel.Abi;

[CStruct("struct statx_timestamp", "linux/stat.h")]
internal struct linux_statx_timestamp
{
    public long tv_sec;
    public uint tv_nsec;
}

[CStruct("struct statx", "linux/stat.h")]
internal unsafe struct linux_statx
{
    public uint stx_mask;
    public uint stx_blksize;
    public ulong stx_attributes;
    public uint stx_nlink;
    public uint stx_uid;
    public uint stx_gid;
    public ushort stx_mode;
    public ulong stx_ino;
    public ulong stx_size;
    public ulong stx_blocks;
    public ulong stx_attributes_mask;
    public linux_statx_timestamp stx_atime;
    public linux_statx_timestamp stx_btime;
    public linux_statx_timestamp stx_ctime;
    public linux_statx_timestamp stx_mtime;
    public uint stx_rdev_major;
    public uint stx_rdev_minor;
    public uint stx_dev_major;
    public uint stx_dev_minor;
    public ulong stx_mnt_id;
    public fixed ulong spare[13];
}
