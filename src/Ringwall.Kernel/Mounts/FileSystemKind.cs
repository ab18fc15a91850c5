namespace Ringwall.Kernel.Mounts;

/// <summary>What a file system means to somebody who must never hang on it.</summary>
public enum FileSystemKind
{
    /// <summary>Not in any list that we know. Treated like <see cref="Network"/>: never marked, never touched by path.</summary>
    Unknown,

    /// <summary>Files that this kernel alone keeps, on disks or in memory. The only kind that is watched.</summary>
    Local,

    /// <summary>Answered by another machine, which may never answer.</summary>
    Network,

    /// <summary>Answered by a process, which may be waiting for us.</summary>
    Fuse,

    /// <summary>A look is enough to make somebody mount something.</summary>
    Autofs,

    /// <summary>Made up by the kernel: no file in it is kept anywhere. Safe to pass through, pointless to watch.</summary>
    Pseudo,
}
