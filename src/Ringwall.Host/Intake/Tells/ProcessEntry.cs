namespace Ringwall.Host.Intake.Tells;

// Threads:  made by the process event thread, read by any. Everything but Parent and HasEnded never changes; those two only go
//           from something to nothing and from false to true, and a reader who sees the older value is told what was true a moment ago.

/// <summary>What is known of one process while it runs one program. An execution makes a new entry with the same key.</summary>
internal sealed class ProcessEntry
{
    private volatile ProcessEntry? _parent;
    private volatile bool _hasEnded;

    public required ProcessKey Key { get; init; }

    /// <summary>Who forked it; that process may have ended since. Pid 0 when not known.</summary>
    public required ProcessKey ParentKey { get; init; }

    /// <summary>
    /// The entry of whoever forked it, as it was at the fork. Null at the end of the chain, which is the first process, one that was
    /// there before us and whose parent had ended, or an ancestor so far away that it was let go.
    /// </summary>
    public ProcessEntry? Parent { get => _parent; init => _parent = value; }

    /// <summary>Full path, as /proc/PID/exe shows it (" (deleted)" at the end when the file has lost its name). Empty when not known: kernel threads.</summary>
    public required byte[] Executable { get; init; }

    /// <summary>The executed file. Zeros when not known.</summary>
    public FileKey ExecutableFile { get; init; }

    /// <summary>Working directory when the program was started, or when the process was first seen. Empty when not known.</summary>
    public required byte[] WorkingDirectory { get; init; }

    /// <summary>The arguments, each closed by a zero byte; at most <see cref="ProcessTable.ArgumentBytesKept"/> bytes of them.</summary>
    public required byte[] ArgumentBlock { get; init; }

    /// <summary>There were more arguments than are kept here.</summary>
    public bool ArgumentsCut { get; init; }

    /// <summary>Effective user, when the program was started or, for one that has not executed anything, when it was forked.</summary>
    public required uint User { get; init; }

    public required uint Group { get; init; }

    /// <summary>The process has ended or has executed something else since.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>For a process of which nothing could be found out but that it was there.</summary>
    internal static ProcessEntry Unknown(ProcessKey key, ProcessKey parent, uint user, uint group) => new()
    {
        Key = key,
        ParentKey = parent,
        Executable = [],
        WorkingDirectory = [],
        ArgumentBlock = [],
        User = user,
        Group = group,
    };

    internal bool RunsTheSameAs(ProcessEntry other) =>
        Executable.AsSpan().SequenceEqual(other.Executable) && ArgumentBlock.AsSpan().SequenceEqual(other.ArgumentBlock);

    /// <summary>The same program, with the parent that the process had when it was forked: /proc shows the one that it was given since.</summary>
    internal ProcessEntry WithParentOf(ProcessEntry before) => new()
    {
        Key = Key,
        ParentKey = before.ParentKey,
        Parent = before.Parent,
        Executable = Executable,
        ExecutableFile = ExecutableFile,
        WorkingDirectory = WorkingDirectory,
        ArgumentBlock = ArgumentBlock,
        ArgumentsCut = ArgumentsCut,
        User = User,
        Group = Group,
    };

    internal void End() => _hasEnded = true;

    internal void LetGoOfParent() => _parent = null;
}
