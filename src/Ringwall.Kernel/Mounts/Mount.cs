using System.Text;

namespace Ringwall.Kernel.Mounts;

/// <summary>One line of /proc/self/mountinfo (proc_pid_mountinfo(5)), escapes taken out. Paths are bytes, as the kernel has them.</summary>
public sealed class Mount
{
    public required int Id { get; init; }

    /// <summary>The mount that this one lies in; of the topmost one, an id that is in no table.</summary>
    public required int ParentId { get; init; }

    /// <summary>The file system's device. Several mounts of one file system share it.</summary>
    public required DeviceNumber Device { get; init; }

    /// <summary>Which directory of the file system is seen here: "/" unless it is a bind mount of less.</summary>
    public required byte[] Root { get; init; }

    /// <summary>Where it is mounted.</summary>
    public required byte[] Point { get; init; }

    public required string Type { get; init; }

    public required FileSystemKind Kind { get; init; }

    /// <summary>
    /// The way from "/" to the mount point leads here, through local and pseudo file systems only: walking it waits for nobody and finds this
    /// mount, not one that covers it or lies over a directory above.
    /// </summary>
    public bool PathIsSafe { get; internal set; }

    /// <summary>May be marked and may be opened by its path: the one question that decides whether anything here touches a mount.</summary>
    public bool MayBeTouched => Kind == FileSystemKind.Local && PathIsSafe;

    /// <summary>Whether it shows the whole file system, not a part of it.</summary>
    public bool ShowsWhole => Root.AsSpan().SequenceEqual("/"u8);

    public override string ToString() => $"{Type} at {Encoding.UTF8.GetString(Point)}";
}
