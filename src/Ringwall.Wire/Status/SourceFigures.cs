namespace Ringwall.Wire.Status;

/// <summary>One source of tell events.</summary>
/// <param name="Source">"process", "file" or "network".</param>
/// <param name="Events">How many it has told.</param>
/// <param name="Lost">How many it has lost before the host could read them.</param>
/// <param name="Exact">Whether <paramref name="Lost"/> is a count, or only says that some were.</param>
public sealed record SourceFigures(string Source, long Events, long Lost, bool Exact);
