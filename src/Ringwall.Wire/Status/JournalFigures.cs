namespace Ringwall.Wire.Status;

/// <summary>What the journal of recent events and asks holds.</summary>
/// <param name="Written">Records written since the host's start.</param>
/// <param name="Lost">Records that found no room in memory or on disk.</param>
/// <param name="Bytes">What it takes on disk.</param>
/// <param name="Since">From when on it goes; null while it is empty.</param>
public sealed record JournalFigures(long Written, long Lost, long Bytes, DateTimeOffset? Since);
