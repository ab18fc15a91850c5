// Owns:         the ignore marks of the permission group: what the kernel need not ask about.
// Does not own: the group, the filesystem marks (MountMarks).
// Threads:      Silence, TryRemember and DropAll: the answering thread. The IFileChanges members: the file event thread.
// Ordering:     a filter bit is set before its mark is made. The file event thread flushes at once and has the answering thread flush
//               again, which alone clears the filters; so a mark that is made while the flush runs is still found by its bit.

using System.Collections.Frozen;
using Ringwall.Contract;
using Ringwall.Host.Intake.Tells;
using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Decide;

/// <summary>What the kernel itself remembers: files out of scope, and cacheable allows of files that root alone can write.</summary>
internal sealed class KernelMemory(PermissionGroup group, Action dropAll) : IFileChanges
{
    private readonly FileFilter _silenced = new();
    private readonly FileFilter _remembered = new();
    private volatile FrozenSet<ulong> _heard = FrozenSet<ulong>.Empty;
    private bool _refused;

    /// <summary>Marks that were made since the last drop.</summary>
    public long Marks { get; private set; }

    /// <summary>
    /// The kernel asks no more about opens of this file, which is out of scope, until its bytes change. Only where a name that it is given later
    /// is heard of.
    /// </summary>
    /// <returns>Whether there is a mark now.</returns>
    public bool TrySilence(int eventFd, in FileIdentity file)
    {
        if (_refused || !_heard.Contains(file.Device))
        {
            return false;
        }

        _silenced.Add(file.Device, file.Inode);
        return Mark(eventFd, PermissionEvents.Open);
    }

    /// <summary>Takes back what <see cref="TrySilence"/> did.</summary>
    public void Unsilence(int eventFd) => group.StopIgnoring(eventFd, PermissionEvents.Open);

    /// <summary>Whether the kernel may be trusted with this file at all: only root can write it, and changes of it are heard of.</summary>
    public bool MayRemember(in FileState state) => !_refused && state.OnlyRootMayWrite && _heard.Contains(state.Identity.Device);

    /// <summary>The kernel allows this file by itself until its bytes change. Only for files that root alone can write.</summary>
    /// <returns>False when the file changed meanwhile, or the kernel keeps no such marks: then nothing is remembered.</returns>
    public bool TryRemember(int eventFd, EventClass of, in FileState state)
    {
        if (!MayRemember(state) || !StillTheSame(eventFd, state))
        {
            return false;
        }

        PermissionEvents events = of == EventClass.Exec ? PermissionEvents.OpenForExecution : PermissionEvents.Open;
        _remembered.Add(state.Identity.Device, state.Identity.Inode);
        if (!Mark(eventFd, events))
        {
            return false;
        }

        // From here on a write ends the mark by itself. One that came before shows in the file's times, or as a writer.
        if (StillTheSame(eventFd, state))
        {
            return true;
        }

        group.StopIgnoring(eventFd, events);
        return false;
    }

    /// <summary>The kernel asks about everything again.</summary>
    public void DropAll()
    {
        group.StopIgnoringAll();
        _silenced.Clear();
        _remembered.Clear();
        Marks = 0;
    }

    public void HearsOf(IReadOnlySet<ulong> devices) => _heard = devices.ToFrozenSet();

    // A store through a root's shared mapping ends no mark; closing it is told.
    public void Written(FileKey file) => DropIfMarked(_remembered, file);

    // chmod, chown, setfacl: others may be able to write it now.
    public void AttributesChanged(FileKey file) => DropIfMarked(_remembered, file);

    // A file out of scope may have been renamed or linked into it.
    public void NameGiven(FileKey file) => DropIfMarked(_silenced, file);

    // Whole trees may have moved into scope.
    public void DirectoryRenamed() => DropNow();

    public void AnythingChanged() => DropNow();

    private static bool StillTheSame(int eventFd, in FileState state) =>
        OpenFile.TryStat(eventFd, out FileState now) && now == state && !OpenFile.HasWriter(eventFd);

    private bool Mark(int eventFd, PermissionEvents events)
    {
        if (group.TryIgnoreInode(eventFd, events))
        {
            Marks++;
            return true;
        }

        // Before Linux 5.19 there are no evictable marks, and without them every marked inode would stay in memory.
        _refused = Marks == 0;
        return false;
    }

    private void DropIfMarked(FileFilter marked, FileKey file)
    {
        if (marked.MayContain(file.Device, file.Inode))
        {
            DropNow();
        }
    }

    private void DropNow()
    {
        group.StopIgnoringAll();
        dropAll();
    }
}
