namespace Ringwall.Rollouts;

/// <summary>What to do with a release now, and why. Grow is the only one that changes exposure upwards.</summary>
public abstract record RolloutDecision(IReadOnlyList<Reason> Reasons, Judgement Judgement, BudgetState Budget)
{
    /// <summary>Let in more devices: Exposed of them by stratum, never fewer than now.</summary>
    public sealed record Grow(int[] Exposed, IReadOnlyList<Reason> Reasons, Judgement Judgement, BudgetState Budget)
        : RolloutDecision(Reasons, Judgement, Budget);

    /// <summary>Leave exposure as it is; nothing is wrong.</summary>
    public sealed record Wait(IReadOnlyList<Reason> Reasons, Judgement Judgement, BudgetState Budget)
        : RolloutDecision(Reasons, Judgement, Budget);

    /// <summary>The evidence cannot answer, and waiting will not change that. A person must look.</summary>
    public sealed record Inconclusive(IReadOnlyList<Reason> Reasons, Judgement Judgement, BudgetState Budget)
        : RolloutDecision(Reasons, Judgement, Budget);

    /// <summary>Something other than the release made devices worse. Exposure rests until that is over.</summary>
    public sealed record Pause(CommonCause Cause, IReadOnlyList<Reason> Reasons, Judgement Judgement, BudgetState Budget)
        : RolloutDecision(Reasons, Judgement, Budget);

    /// <summary>The release harms. Exposure ends for good, and devices are offered the content they had. Named are the comparisons to look at first.</summary>
    public sealed record Halt(RollbackPlan Rollback, Finding[] Named, IReadOnlyList<Reason> Reasons, Judgement Judgement, BudgetState Budget)
        : RolloutDecision(Reasons, Judgement, Budget);
}
