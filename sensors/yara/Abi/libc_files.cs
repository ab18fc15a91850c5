using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ringwall.Sensors.Yara.Abi;

/// <summary>What the sensor needs of stdio.h, unistd.h, fcntl.h, sys/stat.h and dirent.h.</summary>
internal static unsafe partial class libc_files
{
    public const int O_RDONLY = 0;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;
    public const int F_DUPFD_CLOEXEC = 1030;
    public const int EINTR = 4;

    public const uint S_IFMT = 0xF000;
    public const uint S_IFDIR = 0x4000;
    public const uint S_IFREG = 0x8000;

    public const byte DT_UNKNOWN = 0;
    public const byte DT_DIR = 4;
    public const byte DT_REG = 8;
    public const byte DT_LNK = 10;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint fopen(string path, string mode);

    [LibraryImport("libc")]
    public static partial int fclose(nint stream);

    [LibraryImport("libc", SetLastError = true)]
    public static partial SafeFileHandle open(byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint pread(int fd, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial SafeFileHandle fcntl(int fd, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int stat(byte* path, linux_stat* into);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fstat(int fd, linux_stat* into);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint opendir(byte* path);

    [LibraryImport("libc")]
    public static partial linux_dirent* readdir(nint directory);

    [LibraryImport("libc")]
    public static partial int closedir(nint directory);
}

[CStruct("struct dirent", "dirent.h")]
internal unsafe struct linux_dirent
{
    public ulong d_ino;
    public long d_off;
    public ushort d_reclen;
    public byte d_type;
    public fixed byte d_name[256];
}

[CStruct("struct stat", "sys/stat.h")]
internal struct linux_stat
{
    public ulong st_dev;
    public ulong st_ino;
    public ulong st_nlink;
    public uint st_mode;
    public uint st_uid;
    public uint st_gid;
    public int __pad0;
    public ulong st_rdev;
    public long st_size;
    public long st_blksize;
    public long st_blocks;
    public linux_timespec st_atim;
    public linux_timespec st_mtim;
    public linux_timespec st_ctim;
    public long reserved0;
    public long reserved1;
    public long reserved2;
}

[CStruct("struct timespec", "time.h")]
internal struct linux_timespec
{
    public long tv_sec;
    public long tv_nsec;
}
