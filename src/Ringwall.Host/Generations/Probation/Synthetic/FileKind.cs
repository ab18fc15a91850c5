namespace Ringwall.Host.Generations.Probation.Synthetic;

/// <summary>What a file holds that comes with a synthetic ask.</summary>
internal enum FileKind
{
    /// <summary>No descriptor comes.</summary>
    None,

    Empty,

    OneByte,

    /// <summary>A program of this machine.</summary>
    Program,

    /// <summary>The beginning of one.</summary>
    CutProgram,

    Script,

    /// <summary>Text, one byte of which is no UTF-8.</summary>
    NotUtf8,

    /// <summary>One line without an end.</summary>
    LongLine,

    /// <summary>The beginning of a ZIP archive, and then something else.</summary>
    BrokenArchive,

    /// <summary>Bytes without order.</summary>
    Noise,

    /// <summary>More than 4 GiB of nothing.</summary>
    Sparse,
}
