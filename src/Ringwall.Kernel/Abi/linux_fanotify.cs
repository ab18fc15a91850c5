using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ringwall.Kernel.Abi;

/// <summary>linux/fanotify.h and sys/fanotify.h; fanotify(7), fanotify_init(2), fanotify_mark(2).</summary>
[CHeaders("linux/fanotify.h", "fcntl.h")]
internal static unsafe partial class linux_fanotify
{
    public const uint FAN_CLOEXEC = 0x0000_0001;
    public const uint FAN_NONBLOCK = 0x0000_0002;
    public const uint FAN_CLASS_NOTIF = 0x0000_0000;
    public const uint FAN_CLASS_CONTENT = 0x0000_0004;
    public const uint FAN_UNLIMITED_QUEUE = 0x0000_0010;
    public const uint FAN_UNLIMITED_MARKS = 0x0000_0020;

    public const uint FAN_REPORT_DFID_NAME = 0x0000_0c00;
    public const uint FAN_REPORT_FID = 0x0000_0200;
    public const uint FAN_REPORT_DIR_FID = 0x0000_0400;
    public const uint FAN_REPORT_NAME = 0x0000_0800;
    public const uint FAN_REPORT_TARGET_FID = 0x0000_1000;

    public const ulong FAN_ATTRIB = 0x0000_0004;
    public const ulong FAN_CLOSE_WRITE = 0x0000_0008;
    public const ulong FAN_MOVED_FROM = 0x0000_0040;
    public const ulong FAN_MOVED_TO = 0x0000_0080;
    public const ulong FAN_CREATE = 0x0000_0100;
    public const ulong FAN_DELETE = 0x0000_0200;
    public const ulong FAN_RENAME = 0x1000_0000;
    public const ulong FAN_ONDIR = 0x4000_0000;
    public const ulong FAN_OPEN_PERM = 0x0001_0000;
    public const ulong FAN_OPEN_EXEC_PERM = 0x0004_0000;
    public const ulong FAN_Q_OVERFLOW = 0x0000_4000;

    public const uint FAN_MARK_ADD = 0x0000_0001;
    public const uint FAN_MARK_REMOVE = 0x0000_0002;
    public const uint FAN_MARK_IGNORED_MASK = 0x0000_0020;
    public const uint FAN_MARK_FLUSH = 0x0000_0080;
    public const uint FAN_MARK_FILESYSTEM = 0x0000_0100;
    public const uint FAN_MARK_EVICTABLE = 0x0000_0200;
    public const uint FAN_MARK_INODE = 0x0000_0000;

    public const byte FAN_EVENT_INFO_TYPE_FID = 1;
    public const byte FAN_EVENT_INFO_TYPE_DFID_NAME = 2;
    public const byte FAN_EVENT_INFO_TYPE_DFID = 3;
    public const byte FAN_EVENT_INFO_TYPE_OLD_DFID_NAME = 10;
    public const byte FAN_EVENT_INFO_TYPE_NEW_DFID_NAME = 12;

    public const uint FAN_ALLOW = 0x01;
    public const uint FAN_DENY = 0x02;
    public const int FAN_NOFD = -1;
    public const byte FANOTIFY_METADATA_VERSION = 3;

    [LibraryImport("libc", SetLastError = true)]
    public static partial SafeFileHandle fanotify_init(uint flags, uint event_f_flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fanotify_mark(int fanotify_fd, uint flags, ulong mask, int dirfd, byte* pathname);
}
