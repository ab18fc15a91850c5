// Owns:         one fanotify group of class NOTIF: its marks and its queue.
// Does not own: anything of the files: events name them by handle, and no descriptor comes with them.
// Threads:      one reads; any marks.
// Ordering:     events come in the order in which they were queued, but those that are alike are merged while they wait, and
//               names are resolved later than they were valid. The queue is bounded (fs.fanotify.max_queued_events) on purpose: while nobody reads, events are
//               lost, which is told, and not the machine's memory.
// Ends:         a mark goes with its file system: nothing here keeps anybody from unmounting it.

using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.libc_fcntl;
using static Ringwall.Kernel.Abi.linux_fanotify;

namespace Ringwall.Kernel.Fanotify;

/// <summary>One fanotify group that the kernel tells what happened to files. fanotify(7).</summary>
public sealed unsafe class ChangeGroup : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly int _fd;
    private readonly ChangeKinds _kinds;

    private ChangeGroup(SafeFileHandle handle, ChangeKinds kinds, bool tellsTargets)
    {
        _handle = handle;
        _fd = (int)handle.DangerousGetHandle();
        _kinds = kinds;
        TellsTargets = tellsTargets;
    }

    /// <summary>For poll.</summary>
    public SafeFileHandle Handle => _handle;

    /// <summary>Whether created and renamed files are told by their handle too. Since Linux 5.17.</summary>
    public bool TellsTargets { get; }

    /// <summary>Whether a rename is one event with both names. Since Linux 5.17; before, two events that follow each other.</summary>
    public bool TellsRenames => (_kinds & ChangeKinds.Renamed) != 0;

    /// <param name="renamesInHalves">Use what kernels before 5.17 have.</param>
    /// <exception cref="KernelException">Refused: a right is missing, or the kernel is older than 5.9.</exception>
    public static ChangeGroup Create(bool renamesInHalves = false)
    {
        const uint Common = FAN_CLOEXEC | FAN_CLASS_NOTIF | FAN_NONBLOCK | FAN_UNLIMITED_MARKS | FAN_REPORT_FID | FAN_REPORT_DIR_FID | FAN_REPORT_NAME;
        const ChangeKinds Kinds = ChangeKinds.Attributes | ChangeKinds.Written | ChangeKinds.Created | ChangeKinds.Deleted | ChangeKinds.OnDirectory;
        if (!renamesInHalves)
        {
            SafeFileHandle handle = fanotify_init(Common | FAN_REPORT_TARGET_FID, O_RDONLY | KERNEL_O_LARGEFILE | O_CLOEXEC);
            Errno errno = Errno.Last;
            if (!handle.IsInvalid)
            {
                return new ChangeGroup(handle, Kinds | ChangeKinds.Renamed, tellsTargets: true);
            }

            handle.Dispose();
            if (errno.Value != Errno.EINVAL)
            {
                throw Refused(errno);
            }
        }

        SafeFileHandle older = fanotify_init(Common, O_RDONLY | KERNEL_O_LARGEFILE | O_CLOEXEC);
        if (older.IsInvalid)
        {
            Errno errno = Errno.Last;
            older.Dispose();
            throw Refused(errno);
        }

        return new ChangeGroup(older, Kinds | ChangeKinds.MovedFrom | ChangeKinds.MovedTo, tellsTargets: false);
    }

    /// <summary>Watches the whole file system that is mounted at a path. Watching it again changes nothing.</summary>
    /// <param name="mountPoint">Of a mount that <see cref="Mounts.Mount.MayBeTouched"/>.</param>
    /// <param name="errno">Why not: EOPNOTSUPP, ENODEV and EXDEV when the file system has no handles that could be told.</param>
    public bool TryWatch(ReadOnlySpan<byte> mountPoint, out Errno errno)
    {
        fixed (byte* path = (byte[])[.. mountPoint, 0])
        {
            bool watched = fanotify_mark(_fd, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, (ulong)_kinds, AT_FDCWD, path) == 0;
            errno = watched ? default : Errno.Last;
            return watched;
        }
    }

    /// <summary>Reads what waits, without waiting itself. Returns the number of bytes; 0 when nothing waits.</summary>
    /// <param name="buffer">Room for one event at least: 4 KiB are enough for any.</param>
    public int Read(Span<byte> buffer)
    {
        fixed (byte* into = buffer)
        {
            while (true)
            {
                nint got = libc_unistd.read(_fd, into, (nuint)buffer.Length);
                if (got >= 0)
                {
                    return (int)got;
                }

                switch (Errno.Last.Value)
                {
                    case Errno.EINTR:
                        continue;
                    case Errno.EAGAIN:
                        return 0;
                    default:
                        KernelException.Throw("read(fanotify)");
                        return 0;
                }
            }
        }
    }

    public void Dispose() => _handle.Dispose();

    private static KernelException Refused(Errno errno) => new(
        "fanotify_init(FAN_REPORT_DFID_NAME)",
        errno,
        errno.Value == Errno.EINVAL ? "File events need Linux 5.9 or newer." : "File events need CAP_SYS_ADMIN and a kernel with CONFIG_FANOTIFY.");
}
