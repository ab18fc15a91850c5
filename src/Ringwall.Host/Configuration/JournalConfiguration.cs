namespace Ringwall.Host.Configuration;

/// <summary>How much of what happened is kept on disk.</summary>
internal sealed record JournalConfiguration
{
    /// <summary>Mebibytes that the journal may take; 0 keeps none.</summary>
    public int MaxMb { get; init; } = 128;

    /// <summary>Hours after which a record is gone.</summary>
    public int MaxHours { get; init; } = 24;

    /// <summary>What is left out of every record before it is written.</summary>
    public JournalField Redact { get; init; }
}
