namespace Ringwall.Host.Journal;

/// <summary>One record, as a view: it is valid until the reader is asked for the next.</summary>
internal readonly ref struct JournalRecord(JournalRecordKind kind, long timeNs, ReadOnlySpan<byte> payload)
{
    public JournalRecordKind Kind { get; } = kind;

    /// <summary>When it came to the journal, a moment after it happened: nanoseconds since 1970.</summary>
    public long TimeNs { get; } = timeNs;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}
