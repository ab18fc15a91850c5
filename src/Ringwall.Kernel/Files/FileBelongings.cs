using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.libc_fcntl;
using static Ringwall.Kernel.Abi.linux_fs;

namespace Ringwall.Kernel.Files;

/// <summary>
/// What belongs to a file besides its content and its names: owner, permissions, times, labels, access lists, capabilities, flags. Its change time and birth time
/// cannot be given to another file and are not here.
/// </summary>
/// <param name="Owner">User id.</param>
/// <param name="Group">Group id.</param>
/// <param name="Mode">Type and permissions, as st_mode of inode(7).</param>
/// <param name="AccessedNs">Nanoseconds since 1970.</param>
/// <param name="ModifiedNs">Nanoseconds since 1970.</param>
/// <param name="Flags">ioctl_iflags(2); null where the filesystem has none.</param>
/// <param name="Attributes">All extended attributes that can be read.</param>
public sealed unsafe record FileBelongings(
    uint Owner, uint Group, ushort Mode, long AccessedNs, long ModifiedNs, uint? Flags, IReadOnlyList<ExtendedAttribute> Attributes)
{
    private const int LongestList = 64 * 1024;       // XATTR_LIST_MAX and XATTR_SIZE_MAX, linux/limits.h
    private const long Second = 1_000_000_000;

    /// <summary>Reads them from an open file.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static FileBelongings Read(SafeFileHandle file)
    {
        int fd = (int)file.DangerousGetHandle();
        linux_statx stat;
        byte empty = 0;
        if (statx(fd, &empty, AT_EMPTY_PATH, STATX_BASIC_STATS, &stat) != 0)
        {
            KernelException.Throw("statx");
        }

        return new FileBelongings(
            stat.stx_uid, stat.stx_gid, stat.stx_mode, Nanoseconds(stat.stx_atime), Nanoseconds(stat.stx_mtime), ReadFlags(fd), ReadAttributes(fd));
    }

    /// <summary>Gives them to an open file, the times last. The order is the kernel's: a new owner takes capabilities and set-id bits away, an access list changes the mode. Without the flags, which may forbid everything else: <see cref="GiveFlagsTo"/>.</summary>
    /// <returns>What could not be given, as "security.selinux: Operation not supported (errno 95)".</returns>
    public IReadOnlyList<string> GiveTo(SafeFileHandle file)
    {
        int fd = (int)file.DangerousGetHandle();
        List<string> missing = [];
        Note(libc_unistd.fchown(fd, Owner, Group), $"owner {Owner}:{Group}", missing);
        foreach (ExtendedAttribute attribute in Attributes)
        {
            fixed (byte* name = (byte[])[.. attribute.Name, 0])
            fixed (byte* value = attribute.Value)
            {
                Note(sys_xattr.fsetxattr(fd, name, value, (nuint)attribute.Value.Length, 0), Encoding.UTF8.GetString(attribute.Name), missing);
            }
        }

        Note(sys_stat.fchmod(fd, Mode & 0xFFFu), $"mode {Convert.ToString(Mode & 0xFFF, 8)}", missing);
        timespec* times = stackalloc timespec[2];
        times[0] = Time(AccessedNs);
        times[1] = Time(ModifiedNs);
        Note(sys_stat.futimens(fd, times), "times", missing);
        return missing;
    }

    /// <summary>Gives the flags that users can give to an open file.</summary>
    /// <returns>Why not; null when the file has them.</returns>
    public string? GiveFlagsTo(SafeFileHandle file)
    {
        int fd = (int)file.DangerousGetHandle();
        if (Flags is not { } flags || ReadFlags(fd) is not { } now || ((flags ^ now) & FS_FL_USER_MODIFIABLE) == 0)
        {
            return Flags is null or 0 || ReadFlags(fd) is not null ? null : "flags: this filesystem has none";
        }

        return WriteFlags(fd, (now & ~FS_FL_USER_MODIFIABLE) | (flags & FS_FL_USER_MODIFIABLE)) == 0 ? null : $"flags: {Errno.Last}";
    }

    /// <summary>Whether a flag keeps the file from losing its name.</summary>
    public bool IsPinned => Flags is { } flags && (flags & (FS_IMMUTABLE_FL | FS_APPEND_FL)) != 0;

    /// <summary>Takes away the flags that keep a file from losing its name.</summary>
    /// <exception cref="KernelException">The filesystem refuses.</exception>
    public void Unpin(SafeFileHandle file)
    {
        if (WriteFlags((int)file.DangerousGetHandle(), Flags.GetValueOrDefault() & ~(FS_IMMUTABLE_FL | FS_APPEND_FL)) != 0)
        {
            KernelException.Throw("ioctl(FS_IOC_SETFLAGS)");
        }
    }

    private static void Note(int result, string what, List<string> missing)
    {
        if (result != 0)
        {
            missing.Add($"{what}: {Errno.Last}");
        }
    }

    private static long Nanoseconds(in linux_statx_timestamp time) => (time.tv_sec * Second) + time.tv_nsec;

    private static timespec Time(long nanoseconds)
    {
        long rest = nanoseconds % Second;
        long seconds = nanoseconds / Second;
        return rest < 0 ? new timespec { tv_sec = seconds - 1, tv_nsec = rest + Second } : new timespec { tv_sec = seconds, tv_nsec = rest };
    }

    private static uint? ReadFlags(int fd)
    {
        // The header says long, the kernel means int: ioctl_iflags(2). The rest stays zero.
        ulong flags = 0;
        return sys_ioctl.ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 ? (uint)flags : null;
    }

    private static int WriteFlags(int fd, uint flags)
    {
        ulong value = flags;
        return sys_ioctl.ioctl(fd, FS_IOC_SETFLAGS, &value);
    }

    private static List<ExtendedAttribute> ReadAttributes(int fd)
    {
        byte[] list = new byte[LongestList];
        List<ExtendedAttribute> attributes = [];
        nint length;
        fixed (byte* into = list)
        {
            length = sys_xattr.flistxattr(fd, into, LongestList);
        }

        if (length < 0)
        {
            Errno errno = Errno.Last;
            return errno.Value == Errno.EOPNOTSUPP ? attributes : throw new KernelException("flistxattr", errno);
        }

        byte[] value = new byte[LongestList];
        ReadOnlySpan<byte> names = list.AsSpan(0, (int)length);
        while (names.IndexOf((byte)0) is var end and >= 0)
        {
            ReadOnlySpan<byte> name = names[..end];
            names = names[(end + 1)..];
            fixed (byte* called = (byte[])[.. name, 0])
            fixed (byte* into = value)
            {
                nint size = sys_xattr.fgetxattr(fd, called, into, LongestList);
                if (size >= 0)
                {
                    attributes.Add(new ExtendedAttribute(name.ToArray(), value.AsSpan(0, (int)size).ToArray()));
                }
                else if (Errno.Last is var errno && errno.Value is not (Errno.ENODATA or Errno.EOPNOTSUPP))
                {
                    // One that cannot be kept could not be given back.
                    throw new KernelException($"fgetxattr({Encoding.UTF8.GetString(name)})", errno);
                }
            }
        }

        return attributes;
    }
}
