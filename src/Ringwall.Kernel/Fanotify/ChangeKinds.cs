using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Fanotify;

/// <summary>
/// What happened to a file or directory. The kernel merges events that are alike while they wait, so several bits may be set, in no
/// order. fanotify_mark(2).
/// </summary>
[Flags]
public enum ChangeKinds : ulong
{
    None = 0,

    /// <summary>Mode, owner, access list, times or number of names.</summary>
    Attributes = linux_fanotify.FAN_ATTRIB,

    /// <summary>Closed by somebody who could write to it.</summary>
    Written = linux_fanotify.FAN_CLOSE_WRITE,

    /// <summary>One half of a rename, on kernels before 5.17: the name that it had.</summary>
    MovedFrom = linux_fanotify.FAN_MOVED_FROM,

    /// <summary>The other half: the name that it has.</summary>
    MovedTo = linux_fanotify.FAN_MOVED_TO,

    /// <summary>A new file, or a new name of one.</summary>
    Created = linux_fanotify.FAN_CREATE,

    /// <summary>A name was removed.</summary>
    Deleted = linux_fanotify.FAN_DELETE,

    /// <summary>Events did not fit the kernel's queue. Nobody knows how many.</summary>
    Overflow = linux_fanotify.FAN_Q_OVERFLOW,

    /// <summary>A rename, with both names. Since Linux 5.17.</summary>
    Renamed = linux_fanotify.FAN_RENAME,

    /// <summary>It is about a directory.</summary>
    OnDirectory = linux_fanotify.FAN_ONDIR,
}
