namespace Ringwall.Rollouts;

/// <summary>One comparison that stands out.</summary>
/// <param name="Cell">The cell, or −1 for all cells together.</param>
/// <param name="Measure">Index into the measures.</param>
/// <param name="Age">Class of time since exposure.</param>
/// <param name="Exposed">Exposed devices that showed it.</param>
/// <param name="Control">Devices not yet exposed that showed it in the same windows.</param>
/// <param name="Due">How many of both would have fallen on exposed devices by chance.</param>
/// <param name="Value">The e-value of this comparison alone.</param>
/// <param name="Share">Its part of the whole evidence.</param>
public sealed record Finding(int Cell, int Measure, int Age, int Exposed, int Control, double Due, double Value, double Share);
