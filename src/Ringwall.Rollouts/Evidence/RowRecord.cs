namespace Ringwall.Rollouts;

/// <summary>One e-process in a recorded ledger: where it stands, its counts, and its logarithms in units of 2⁻³² by ratio.</summary>
public sealed record RowRecord(int Index, int Exposed, int Control, long[] Logs);
