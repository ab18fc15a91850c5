namespace Ringwall.Simulator;

/// <summary>The state of a run at one moment, for plots.</summary>
internal readonly record struct Sample(
    int Minute, long Exposed, long Installed, long Harmed, long Online, long OnlineInstalled, double Evidence, double BudgetSpent, int Open);
