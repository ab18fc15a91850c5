namespace Ringwall.Kernel.Abi;

/// <summary>linux/landlock.h; landlock(7). What newer headers add is named with the interface version that brought it.</summary>
[CHeaders("linux/landlock.h", "sys/syscall.h")]
internal static class linux_landlock
{
    public const int SYS_landlock_create_ruleset = 444;
    public const int SYS_landlock_add_rule = 445;
    public const int SYS_landlock_restrict_self = 446;
    public const uint LANDLOCK_CREATE_RULESET_VERSION = 1;
    public const int LANDLOCK_RULE_PATH_BENEATH = 1;
    public const ulong LANDLOCK_ACCESS_FS_EXECUTE = 1 << 0;
    public const ulong LANDLOCK_ACCESS_FS_WRITE_FILE = 1 << 1;
    public const ulong LANDLOCK_ACCESS_FS_READ_FILE = 1 << 2;
    public const ulong LANDLOCK_ACCESS_FS_READ_DIR = 1 << 3;
    public const ulong LANDLOCK_ACCESS_FS_REMOVE_DIR = 1 << 4;
    public const ulong LANDLOCK_ACCESS_FS_REMOVE_FILE = 1 << 5;
    public const ulong LANDLOCK_ACCESS_FS_MAKE_DIR = 1 << 7;
    public const ulong LANDLOCK_ACCESS_FS_MAKE_REG = 1 << 8;
    public const ulong LANDLOCK_ACCESS_FS_MAKE_SYM = 1 << 12;

    [NotInHeaders("LANDLOCK_ACCESS_FS_REFER, version 2, Linux 5.19")]
    public const ulong FS_REFER = 1 << 13;

    [NotInHeaders("LANDLOCK_ACCESS_FS_TRUNCATE, version 3, Linux 6.2")]
    public const ulong FS_TRUNCATE = 1 << 14;

    [NotInHeaders("LANDLOCK_ACCESS_FS_IOCTL_DEV, version 5, Linux 6.10")]
    public const ulong FS_IOCTL_DEV = 1 << 15;

    [NotInHeaders("LANDLOCK_ACCESS_NET_BIND_TCP | LANDLOCK_ACCESS_NET_CONNECT_TCP, version 4, Linux 6.7")]
    public const ulong NET_TCP = 3;

    [NotInHeaders("LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | LANDLOCK_SCOPE_SIGNAL, version 6, Linux 6.12")]
    public const ulong SCOPE_SOCKET_AND_SIGNAL = 3;
}

/// <summary>struct landlock_ruleset_attr of version 6. Older kernels take it as long as the fields that they do not know are zero.</summary>
internal struct landlock_ruleset
{
    public ulong handled_access_fs;
    public ulong handled_access_net;
    public ulong scoped;
}

/// <summary>struct landlock_path_beneath_attr, which is packed: 12 bytes.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Pack = 1)]
[CStruct("struct landlock_path_beneath_attr", "linux/landlock.h")]
internal struct landlock_path_beneath
{
    public ulong allowed_access;
    public int parent_fd;
}
