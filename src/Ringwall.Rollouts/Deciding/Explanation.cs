using System.Globalization;
using System.Text;

namespace Ringwall.Rollouts;

/// <summary>A decision in the words of a person on call: what happens, why, with which numbers, and what they can do.</summary>
public static class Explanation
{
    public static string Of(RolloutDecision decision, RolloutInput input)
    {
        var text = new StringBuilder();
        text.Append(Headline(decision, input)).Append('\n');
        bool closedTold = false;
        foreach (Reason reason in decision.Reasons)
        {
            // One closed ring is enough to know: those after it wait for it.
            bool closed = reason.Code == ReasonCode.RingNotYetOpen;
            if (closed && closedTold)
            {
                continue;
            }

            closedTold |= closed;
            text.Append("- ").Append(Sentence(reason, decision, input)).Append('\n');
        }

        foreach (Finding finding in decision.Judgement.StandsOut)
        {
            if (finding.Share > 0.1 && decision.Judgement.Evidence > 2)
            {
                text.Append("- ").Append(Sentence(finding, input)).Append('\n');
            }
        }

        if (decision is RolloutDecision.Halt { Named.Length: > 0 } named)
        {
            IEnumerable<string> places = named.Named.Take(6).Select(finding => $"{input.Ledger.Measures[finding.Measure].Name} in {input.Fleet.Cells[finding.Cell]}");
            text.Append(Invariant(
                $"- Look first at: {string.Join(", ", places.Distinct())} (of such places at most {input.Policy.WronglyNamed:P0} are named wrongly, on average).\n"));
        }

        if (decision is RolloutDecision.Halt halt)
        {
            AppendRollback(text, halt.Rollback, input);
        }

        BudgetState budget = decision.Budget;
        text.Append(Invariant(
            $"- Harm budget: {budget.Spent:0.#} of {budget.Budget} devices spent ({budget.Seen} devices with the release showed a harm during their soak, {budget.Expected:0.##} would have without it; {budget.Later} after it, {budget.LaterExpected:0.##} would have).\n"));
        return text.ToString();
    }

    private static string Headline(RolloutDecision decision, RolloutInput input)
    {
        long exposed = input.Exposed.Sum(count => (long)count);
        long enrolled = input.Fleet.Enrolled.Sum(count => (long)count);
        string release = input.Release.Name;
        return decision switch
        {
            RolloutDecision.Grow grow => Invariant(
                $"GROW: {release} goes from {exposed:N0} to {grow.Exposed.Sum(count => (long)count):N0} of {enrolled:N0} devices."),
            RolloutDecision.Wait => Invariant($"WAIT: {release} stays at {exposed:N0} of {enrolled:N0} devices."),
            RolloutDecision.Inconclusive => Invariant(
                $"INCONCLUSIVE: {release} stays at {exposed:N0} of {enrolled:N0} devices, and waiting will not tell more. A person must look."),
            RolloutDecision.Pause => Invariant($"PAUSE: {release} rests at {exposed:N0} of {enrolled:N0} devices. Something else is wrong."),
            RolloutDecision.Halt halt => Invariant(
                $"HALT: {release} harms. It stops at {exposed:N0} of {enrolled:N0} devices; version {halt.Rollback.Version} leads back."),
            _ => throw new InvalidOperationException($"{decision}"),
        };
    }

    private static string Sentence(in Reason reason, RolloutDecision decision, RolloutInput input)
    {
        string where = reason.Stratum < 0 ? "" : input.Fleet.Name(reason.Stratum);
        string ring = reason.Stratum < 0 ? "" : input.Fleet.RingOf(reason.Stratum).ToString().ToLowerInvariant();
        string cell = reason.Stratum < 0 ? "" : input.Fleet.Cells[input.Fleet.CellOf(reason.Stratum)];
        double have = reason.Have;
        double need = reason.Need;
        return reason.Code switch
        {
            ReasonCode.ApprovalMissing => Invariant($"{have:0} of {need:0} approvals by different people are there. Approve it, or withdraw it."),
            ReasonCode.ExposedIsWorse => Invariant(
                $"Devices with the release are worse than devices without it: evidence {have:G3}, and {need:0} is proof. At most 1 of {need:0} harmless releases ever gets there."),
            ReasonCode.AlreadyHalted => "It was halted before, and a halt is for good. A corrected release has a new version.",
            ReasonCode.BudgetSpent => Invariant(
                $"The harm budget is spent: {have:0.#} of {need:0} devices were harmed beyond what is usual. The comparison with devices without the release does not prove that it was the release, or there are too few of them left. Withdraw it, or find the other cause."),
            ReasonCode.BothArmsWorse => Pause(decision, input),
            ReasonCode.ReportsMissing => Invariant(
                $"Only {have:P0} of the reports of devices without the release came in the last half hour. Our own servers or the network are the likely cause{Known(decision)}."),
            ReasonCode.TooMuchSetAside => Invariant(
                $"{have:P0} of the reports make no sense (clock, sequence or age) and were set aside; at most {need:P0} may be. Look at what those devices have in common."),
            ReasonCode.NoProgress => Invariant(
                $"For {have / 60:0.#} hours no device has finished its soak, and none was let in. Look whether devices can report, and whether the release can be fetched."),
            ReasonCode.Suspicious => Invariant(
                $"Devices with the release look worse than those without: evidence {have:G3}. That is no proof ({need:0} would be), and reason enough to grow on half of the budget only."),
            ReasonCode.Frozen => "A freeze is in force. Nobody is let in, and devices that were let in before do not install.",
            ReasonCode.OutsideWindow => $"The {ring} ring is outside its maintenance window.",
            ReasonCode.Pinned => Invariant(
                $"The {ring} ring is pinned to N-{need:0} for {input.Release.Stream.ToString().ToLowerInvariant()}; this release is N-{have:0}."),
            ReasonCode.NoCanaryInCell =>
                $"Cell {cell} has no canary, so nothing can be known there before its {ring} ring. It stays on the old release: enrol a canary.",
            ReasonCode.RingNotYetOpen => Invariant(
                $"{where} stays closed: {have:0} of {need:0} healthy devices have finished their soak in the ring before it."),
            ReasonCode.BudgetInUse => "What is in flight could already harm as many devices as the budget has left. The next step follows as devices finish their soak.",
            ReasonCode.DomainsInFlight => Invariant($"At most {have:P0} of a site or redundancy group may be out at a time: let in, and not yet healthy at the end of its soak."),
            ReasonCode.Soaking => Invariant($"{have:N0} devices that may install it are asleep, have not fetched it, or have yet to finish their soak of {need:0} minutes awake."),
            ReasonCode.FirstStep => Invariant(
                $"First devices in parts of the fleet that have not seen the release, from {where} on: {have:0}. By all that is known, {need:0.#} of them are harmed at worst."),
            ReasonCode.MoreEvidence when have < 1 => "Nothing is known of it yet, so the first step is the smallest.",
            ReasonCode.MoreEvidence => Invariant(
                $"{have:N0} devices have finished their soak in good health. The next step is so large that even at the upper bound of what they leave possible no more than {need:0.#} devices are expected to be harmed."),
            ReasonCode.Holdback => Invariant($"All others may install it. {have:N0} devices wait {need / 60:0} hours, as something to compare with."),
            ReasonCode.Complete when have < need => Invariant($"Every device may install it but {need - have:N0}, whose rings are pinned to stay behind."),
            ReasonCode.Complete => "Every device may install it.",
            ReasonCode.Overtaken => "A newer release of the stream has begun, so nobody more is let in to this one. It is judged, and can be halted, until the newer one has reached everybody.",
            _ => throw new InvalidOperationException($"{reason}"),
        };
    }

    private static string Pause(RolloutDecision decision, RolloutInput input)
    {
        CommonCause cause = ((RolloutDecision.Pause)decision).Cause;
        string measure = input.Ledger.Measures[cause.Measure].Name;
        string cells = cause.Cells.Length == input.Fleet.Cells.Length
            ? "all cells"
            : string.Join(", ", cause.Cells.Take(5).Select(cell => input.Fleet.Cells[cell])) + (cause.Cells.Length > 5 ? " and others" : "");
        return Invariant(
            $"Devices without the release got worse too: {measure} on {cause.Seen:0} of them in half an hour, {cause.Usual:0.#} is usual ({cells}). That is not the release's doing; whether the release harms besides is still compared{Known(decision)}.");
    }

    private static string Known(RolloutDecision decision) => decision is RolloutDecision.Pause { Cause.Suspects.Length: > 0 } pause
        ? $"; at the same time: {string.Join(", ", pause.Cause.Suspects)}"
        : "; no change that we know of began then";

    private static string Sentence(Finding finding, RolloutInput input)
    {
        string where = finding.Cell < 0 ? "over all cells" : $"in cell {input.Fleet.Cells[finding.Cell]}";
        return Invariant(
            $"{input.Ledger.Measures[finding.Measure].Name} {Age.Name(finding.Age)}, {where}: {finding.Exposed} devices with the release showed it where chance would have dealt them {finding.Due:0.##}; {finding.Control} without it did (e-value {finding.Value:G3}).");
    }

    private static void AppendRollback(StringBuilder text, RollbackPlan plan, RolloutInput input)
    {
        text.Append(Invariant(
            $"- Devices that have it fall back by themselves. Version {plan.Version} points to the content before it, and is for wherever it had been: most harmed was {input.Fleet.Name(plan.Order[0])}.\n"));
        if (plan.WithoutFallback > 0)
        {
            text.Append(Invariant(
                $"- Devices without a fallback that was shown to be alive: {plan.WithoutFallback:N0}. They get no rollback; they need a corrected release or a person.\n"));
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
