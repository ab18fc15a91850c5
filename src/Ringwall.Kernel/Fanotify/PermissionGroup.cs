// Owns:         one fanotify group of class CONTENT: its marks, its queue, and the duty that every event is answered.
// Does not own: the events' descriptors (whoever read them closes them).
// Threads:      any thread may respond or mark. One thread, in one process, reads: descriptor numbers are the reader's own,
//               so two readers could hold the same number for two different events.
// Ordering:     closing the last descriptor of the group makes the kernel allow everything that it was asking about.

using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.libc_fcntl;
using static Ringwall.Kernel.Abi.linux_fanotify;

namespace Ringwall.Kernel.Fanotify;

/// <summary>One fanotify group that the kernel asks before it lets a file be opened or executed. fanotify(7).</summary>
public sealed unsafe class PermissionGroup : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly int _fd;

    /// <summary>Takes over a group that another process made, given to this one by descriptor.</summary>
    public PermissionGroup(SafeFileHandle handle)
    {
        _handle = handle;
        _fd = (int)handle.DangerousGetHandle();
    }

    /// <summary>For poll, epoll and handing over.</summary>
    public SafeFileHandle Handle => _handle;

    /// <exception cref="KernelException">Refused: usually CAP_SYS_ADMIN is missing, or the kernel was built without permission events.</exception>
    public static PermissionGroup Create()
    {
        // O_NONBLOCK is for the files, not for the group: without it the kernel's own open of a FIFO,
        // made for us inside read(), would wait for a writer and hold up every other answer.
        SafeFileHandle handle = fanotify_init(
            FAN_CLOEXEC | FAN_CLASS_CONTENT | FAN_NONBLOCK | FAN_UNLIMITED_QUEUE | FAN_UNLIMITED_MARKS,
            O_RDONLY | KERNEL_O_LARGEFILE | O_CLOEXEC | O_NONBLOCK);
        if (handle.IsInvalid)
        {
            Errno errno = Errno.Last;
            handle.Dispose();
            throw new KernelException(
                "fanotify_init",
                errno,
                "Permission events need CAP_SYS_ADMIN and a kernel with CONFIG_FANOTIFY_ACCESS_PERMISSIONS");
        }

        return new PermissionGroup(handle);
    }

    /// <summary>
    /// Has the kernel ask about every file of the filesystem that <paramref name="path"/> (bytes, as the kernel has them) lies on. The path is
    /// looked up, not opened.
    /// </summary>
    public void MarkFilesystem(ReadOnlySpan<byte> path, PermissionEvents events) =>
        Mark(FAN_MARK_ADD | FAN_MARK_FILESYSTEM, events, path);

    /// <summary>Takes the mark away. A filesystem that is gone already is no error.</summary>
    public void UnmarkFilesystem(ReadOnlySpan<byte> path, PermissionEvents events)
    {
        try
        {
            Mark(FAN_MARK_REMOVE | FAN_MARK_FILESYSTEM, events, path);
        }
        catch (KernelException gone) when (gone.Errno.Value is Errno.ENOENT)
        {
        }
    }

    /// <summary>
    /// No more questions about this inode, until it is modified or evicted from memory. The mark does not keep the inode in memory. Since Linux 5.19. A store through a shared mapping does <b>not</b> end it.
    /// </summary>
    /// <returns>False when the kernel refused; nothing is silenced then.</returns>
    public bool TryIgnoreInode(int eventFd, PermissionEvents events) =>
        fanotify_mark(_fd, FAN_MARK_ADD | FAN_MARK_IGNORED_MASK | FAN_MARK_EVICTABLE, (ulong)events, eventFd, null) == 0;

    /// <summary>Asks about this inode again.</summary>
    /// <param name="fd">A descriptor of the file; not one opened with O_PATH.</param>
    /// <param name="events">The events to ask about again.</param>
    public void StopIgnoring(int fd, PermissionEvents events)
    {
        // ENOENT: there was no mark, which is what the caller wants.
        _ = fanotify_mark(_fd, FAN_MARK_REMOVE | FAN_MARK_IGNORED_MASK, (ulong)events, fd, null);
    }

    /// <summary>Asks about every inode again. Filesystem marks stay.</summary>
    public void StopIgnoringAll()
    {
        fixed (byte* root = "/"u8)
        {
            if (fanotify_mark(_fd, FAN_MARK_FLUSH | FAN_MARK_INODE, 0, AT_FDCWD, root) != 0)
            {
                KernelException.Throw("fanotify_mark(FLUSH)");
            }
        }
    }

    /// <summary>Reads what waits, without waiting.</summary>
    /// <param name="buffer">Bounds how many events, and so how many descriptors, come at once: 24 bytes each.</param>
    /// <param name="read">Bytes read; 0 when nothing waits.</param>
    /// <returns>False when the reader's descriptor limit is reached: answer something first. The kernel has denied the event that it could not deliver.</returns>
    /// <exception cref="KernelException">The group cannot be read.</exception>
    public bool TryRead(Span<byte> buffer, out int read)
    {
        while (true)
        {
            nint count;
            fixed (byte* into = buffer)
            {
                count = libc_unistd.read(_fd, into, (nuint)buffer.Length);
            }

            if (count >= 0)
            {
                read = (int)count;
                return true;
            }

            read = 0;
            switch (Errno.Last.Value)
            {
                case Errno.EINTR:
                    continue;
                case Errno.EAGAIN:
                    return true;
                case Errno.EMFILE or Errno.ENFILE:
                    return false;
                case Errno.EBADF or Errno.EFAULT or Errno.EINVAL:
                    KernelException.Throw("read(fanotify)");
                    return false;
                default:
                    // Whatever else: the kernel could not open the one file for us (it is being executed, its disk is gone, a device
                    // without driver), and has answered that event itself. The next one may be fine.
                    continue;
            }
        }
    }

    /// <summary>Answers the event that <paramref name="eventFd"/> names. An event that is no longer there is no error.</summary>
    /// <returns>True when the kernel was waiting for this answer.</returns>
    public bool Respond(int eventFd, PermissionResponse response)
    {
        fanotify_response answer = new() { fd = eventFd, response = (uint)response };
        nint written;
        do
        {
            written = libc_unistd.write(_fd, &answer, (nuint)sizeof(fanotify_response));
        }
        while (written < 0 && Errno.Last.Value == Errno.EINTR);

        // ENOENT: no such event any more. The asker was killed, or somebody else has answered.
        if (written < 0 && Errno.Last.Value != Errno.ENOENT)
        {
            KernelException.Throw("write(fanotify_response)");
        }

        return written == sizeof(fanotify_response);
    }

    public void Dispose() => _handle.Dispose();

    private void Mark(uint flags, PermissionEvents events, ReadOnlySpan<byte> path)
    {
        byte[] closed = [.. path, 0];
        fixed (byte* name = closed)
        {
            if (fanotify_mark(_fd, flags, (ulong)events, AT_FDCWD, name) != 0)
            {
                KernelException.Throw($"fanotify_mark({Encoding.UTF8.GetString(path)})", "The filesystem may not support fanotify, or is gone");
            }
        }
    }
}
