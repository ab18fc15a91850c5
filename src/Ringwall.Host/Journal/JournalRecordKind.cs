namespace Ringwall.Host.Journal;

/// <summary>What a record of the journal holds. The numbers are on disk and keep their meaning.</summary>
internal enum JournalRecordKind : uint
{
    None = 0,

    /// <summary>One tell event, in the contract's bytes (docs/protocol.md, "Event").</summary>
    Tell = 1,

    /// <summary>One answered ask (<see cref="JournalAsk"/>).</summary>
    Ask = 2,

    /// <summary>From here on another life of the host writes; its number, as <see cref="JournalReader.Run"/>.</summary>
    Run = 3,
}
