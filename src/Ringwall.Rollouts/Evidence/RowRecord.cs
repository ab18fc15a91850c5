namespace Ringwall.Rollouts;

/// <summary>
/// One e-process in a recorded ledger: where it stands, its counts, when it last bet, what was due on exposed devices and its logarithms (both in units of
/// 2⁻³²), these by ratio.
/// </summary>
public sealed record RowRecord(int Index, int Exposed, int Control, long Minute, long Due, long[] Logs);
