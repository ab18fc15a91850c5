namespace Ringwall.Kernel.Tells;

/// <summary>What was executed. Spans are valid during the call that brings them.</summary>
public readonly ref struct ExecFacts
{
    /// <summary>
    /// Full path of the program file, as /proc/PID/exe shows it; of a script's interpreter, for a script. " (deleted)" at the end when
    /// the file had no name any more; "(incomplete)" instead of a beginning that could not be found out. Empty when nothing is known.
    /// </summary>
    public ReadOnlySpan<byte> Executable { get; init; }

    /// <summary>Full path of the working directory, in the same form.</summary>
    public ReadOnlySpan<byte> WorkingDirectory { get; init; }

    /// <summary>The arguments, each closed by a zero byte, but perhaps the last.</summary>
    public ReadOnlySpan<byte> ArgumentBlock { get; init; }

    /// <summary>How long the arguments are in truth. More than the block has: they were cut, or could not be read.</summary>
    public ulong ArgumentsTotal { get; init; }

    /// <summary>Device of the program file, major in the high half. 0: not known.</summary>
    public ulong Device { get; init; }

    /// <summary>Inode of the program file. 0: not known.</summary>
    public ulong Inode { get; init; }
}
