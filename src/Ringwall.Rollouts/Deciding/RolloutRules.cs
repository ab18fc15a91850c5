namespace Ringwall.Rollouts;

/// <summary>Decides, and only decides. The driver (server or simulator) reads the clock, the fleet and the database.</summary>
public static class RolloutRules
{
    public static RolloutDecision Decide(RolloutInput input)
    {
        RolloutPolicy policy = input.Policy;
        EvidenceLedger ledger = input.Ledger;
        int installed = 0;
        foreach (int count in input.Installed)
        {
            installed += count;
        }

        Judgement judgement = Judgement.Of(ledger, policy, installed);
        BudgetState budget = BudgetState.Of(ledger, policy);

        if (input.Halted)
        {
            return Halt(input, judgement, budget, new Reason(ReasonCode.AlreadyHalted, -1, judgement.Evidence, judgement.Threshold));
        }

        // Order matters: a release that harms is halted even while something else is wrong, because the comparison with devices that do
        // not have it cancels what hits both.
        if (judgement.IsProof)
        {
            return Halt(input, judgement, budget, new Reason(ReasonCode.ExposedIsWorse, -1, judgement.Evidence, judgement.Threshold));
        }

        if (CommonCause.Find(ledger, input.Changes, input.Now) is { } cause)
        {
            ReasonCode code = cause.Measure < 0 ? ReasonCode.ReportsMissing : ReasonCode.BothArmsWorse;
            return new RolloutDecision.Pause(cause, [new Reason(code, -1, cause.Seen, cause.Usual)], judgement, budget);
        }

        if (Unanswerable(input, budget) is { } unanswerable)
        {
            return new RolloutDecision.Inconclusive([unanswerable], judgement, budget);
        }

        if (Unapproved(input) is { } unapproved)
        {
            return new RolloutDecision.Wait([unapproved], judgement, budget);
        }

        bool suspicious = judgement.Evidence >= policy.Suspicion;
        GrowthOutcome plan = GrowthPlan.Plan(input, suspicious ? budget.Slowed() : budget);
        if (suspicious)
        {
            plan.Reasons.Insert(0, new Reason(ReasonCode.Suspicious, -1, judgement.Evidence, judgement.Threshold));
        }

        if (plan.Grows)
        {
            plan.Reasons.Insert(0, new Reason(ReasonCode.MoreEvidence, -1, ledger.Matured.Sum(), budget.Left));
            return new RolloutDecision.Grow(plan.Exposed, plan.Reasons, judgement, budget);
        }

        // What policy forbids may wait for ever; what only lacks evidence must not wait in silence.
        bool forbidden = plan.Reasons.Any(reason => reason.Code is ReasonCode.Frozen or ReasonCode.OutsideWindow or ReasonCode.Pinned or ReasonCode.Overtaken);
        if (!forbidden && Stalled(input) is { } stalled)
        {
            plan.Reasons.Insert(0, stalled);
            return new RolloutDecision.Inconclusive(plan.Reasons, judgement, budget);
        }

        plan.Reasons.Add(Rest(input));
        return new RolloutDecision.Wait(plan.Reasons, judgement, budget);
    }

    private static RolloutDecision.Halt Halt(RolloutInput input, Judgement judgement, BudgetState budget, Reason reason)
    {
        RollbackPlan rollback = RollbackRules.Plan(Math.Max(input.Release.Version, input.HighestVersion), input.Policy, new RollbackState
        {
            Installed = input.Installed,
            Harmed = [.. Enumerable.Range(0, input.Installed.Length).Select(input.Ledger.AllHarmed)],
            FallbackAlive = input.FallbackAlive,
            Offered = new int[input.Installed.Length],
            Returned = new int[input.Installed.Length],
            HarmedByReturn = new int[input.Installed.Length],
        });
        Finding[] named = Attribution.Named(input.Ledger, input.Policy.WronglyNamed);
        return new RolloutDecision.Halt(rollback, named, [reason], judgement, budget);
    }

    private static Reason? Unanswerable(RolloutInput input, BudgetState budget)
    {
        EvidenceLedger ledger = input.Ledger;

        // A spent budget is no proof of harm, and so no halt; but waiting would not bring it back.
        if (budget.IsSpent)
        {
            return new Reason(ReasonCode.BudgetSpent, -1, budget.Spent, budget.Budget);
        }

        if (ledger.Reports >= 100 && ledger.SetAside > input.Policy.MostSetAside * ledger.Reports)
        {
            return new Reason(ReasonCode.TooMuchSetAside, -1, (double)ledger.SetAside / ledger.Reports, input.Policy.MostSetAside);
        }

        int flight = 0;
        for (int s = 0; s < input.Exposed.Length; s++)
        {
            flight += Math.Max(0, Math.Min(input.Exposed[s], input.Installed[s]) - ledger.Settled(s));
        }

        return flight > 0 ? Stalled(input) : null;
    }

    private static Reason? Stalled(RolloutInput input)
    {
        if (input.Release.Overtaken?.Any(ring => ring) == true)
        {
            // Who was let in takes the newer one now, and nothing more is awaited of this.
            return null;
        }

        long since = Math.Max(input.Ledger.LastMaturedMinute, input.GrownMinute.Max());
        return since >= 0 && input.Now - since >= input.Policy.PatienceMinutes && !IsComplete(input)
            ? new Reason(ReasonCode.NoProgress, -1, input.Now - since, input.Policy.PatienceMinutes)
            : null;
    }

    private static Reason? Unapproved(RolloutInput input)
    {
        int needed = input.Release.Urgent ? 2 : 1;
        int approvals = input.Release.Approvals.Distinct(StringComparer.Ordinal).Count();
        return approvals < needed ? new Reason(ReasonCode.ApprovalMissing, -1, approvals, needed) : null;
    }

    private static Reason Rest(RolloutInput input)
    {
        long exposed = input.Exposed.Sum(count => (long)count);
        long enrolled = input.Fleet.Enrolled.Sum(count => (long)count);
        if (Reaches(input, _ => 0))
        {
            return new Reason(ReasonCode.Complete, -1, exposed, enrolled);
        }

        return IsComplete(input)
            ? new Reason(ReasonCode.Holdback, -1, enrolled - exposed, input.Policy.HoldbackMinutes)
            : new Reason(
                ReasonCode.Soaking, -1, exposed - Enumerable.Range(0, input.Exposed.Length).Sum(s => (long)input.Ledger.Settled(s)),
                input.Policy.Soak(input.Release.Urgent));
    }

    private static bool IsComplete(RolloutInput input) => Reaches(input, input.Policy.HeldBack);

    // A ring that is pinned to stay behind is not waited for: nothing would ever be complete, and so nothing behind. But a release that every ring stays behind has reached nobody.
    private static bool Reaches(RolloutInput input, Func<int, int> but)
    {
        bool anybody = false;
        for (int s = 0; s < input.Exposed.Length; s++)
        {
            if (input.Policy.IsPinned(input.Fleet.RingOf(s), input.Release))
            {
                continue;
            }

            if (input.Exposed[s] < input.Fleet.Enrolled[s] - but(input.Fleet.Enrolled[s]))
            {
                return false;
            }

            anybody = true;
        }

        return anybody;
    }
}
