namespace Ringwall.Simulator;

internal enum FaultKind
{
    None,
    Crash,
    CrashOnRareEvent,
    CrashInOneCell,
    CrashAfterHours,
    CrashAfterDays,
    Leak,
    FalsePositives,
    Dark,
    SparesCanaries,
    BadRollback,
}
