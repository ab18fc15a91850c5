namespace Ringwall.Host.Journal;

/// <summary>What some bytes of a segment begin with.</summary>
internal enum FrameOutcome
{
    /// <summary>A record, every byte as it was written.</summary>
    Whole,

    /// <summary>What may be the beginning of a record; more bytes would tell.</summary>
    Short,

    /// <summary>No record, whatever follows.</summary>
    Broken,
}
