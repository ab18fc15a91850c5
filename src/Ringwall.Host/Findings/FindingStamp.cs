namespace Ringwall.Host.Findings;

/// <summary>What the host adds to a finding.</summary>
/// <param name="Uid">One per line.</param>
/// <param name="Sequence">Counts the findings, dropped ones included; goes on from the last one in the file.</param>
/// <param name="TimeMs">When the host took it, milliseconds since 1970.</param>
/// <param name="DroppedBefore">How many of the same sensor were dropped since its last one.</param>
internal sealed record FindingStamp(string Uid, long Sequence, long TimeMs, long DroppedBefore);
