namespace Ringwall.Rollouts;

/// <summary>Why a decision is what it is. The names are stable; the words belong to <see cref="Explanation"/>.</summary>
public enum ReasonCode
{
    ApprovalMissing,
    ExposedIsWorse,
    AlreadyHalted,
    BudgetSpent,
    BothArmsWorse,
    ReportsMissing,
    TooMuchSetAside,
    NoProgress,
    Suspicious,
    Frozen,
    OutsideWindow,
    Pinned,
    NoCanaryInCell,
    RingNotYetOpen,
    BudgetInUse,
    DomainsInFlight,
    Soaking,
    FirstStep,
    MoreEvidence,
    Holdback,
    Complete,
    Overtaken,
}
