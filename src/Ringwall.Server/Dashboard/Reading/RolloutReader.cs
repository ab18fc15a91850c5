using Ringwall.Server.Access;
using Ringwall.Server.Dashboard.Models;
using Ringwall.Server.Releases;
using Ringwall.Server.Rollouts;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Dashboard.Reading;

/// <summary>Fills the pages about rollouts. A vendor is told of its own alone.</summary>
internal sealed class RolloutReader(RolloutPages rollouts, ExposureHistory exposure)
{
    private const int DecisionsRead = 400;
    private const int StrataShown = 200;
    private static readonly double[] Nobody = [0, 0, 0, 0];

    public async Task<RolloutList> ListAsync(Access.Person person, CancellationToken stop)
    {
        bool mayStart = person.Roles.Contains(Role.Operator);
        return new RolloutList
        {
            Rows = [.. (await rollouts.ListAsync(person, stop).ConfigureAwait(false)).Select(RolloutWords.Row)],
            Startable = mayStart ? [.. (await rollouts.ReleasesAsync(person, stop).ConfigureAwait(false)).Where(MayStart).Select(release => release.Path)] : [],
            MayStart = mayStart,
        };
    }

    /// <summary>Null when there is no such rollout, or it is another vendor's: which of the two is not told.</summary>
    public async Task<RolloutDetail?> OneAsync(string id, Access.Person person, CancellationToken stop)
    {
        if (await rollouts.FindAsync(id, person, stop).ConfigureAwait(false) is not { } reply)
        {
            return null;
        }

        RolloutLine line = reply.Line;
        (string verdict, string[] reasons) = RolloutWords.Split(reply.Words);
        return new RolloutDetail
        {
            Row = RolloutWords.Row(line),
            Verdict = verdict,
            Reasons = reasons,
            Decided = line.DecidedAt,
            Evidence = line.Evidence,
            Threshold = line.Threshold,
            InFlight = (int)Math.Max(0, line.Exposed - line.Matured - line.Harmed),
            Matured = (int)line.Matured,
            Harmed = (int)line.Harmed,
            Rings = RolloutWords.View(reply),
            Strata = [.. reply.Strata.Where(stratum => stratum.Enrolled > 0).OrderByDescending(stratum => stratum.Harmed > 0).Take(StrataShown).Select(stratum => new RolloutDetail.Stratum(
                stratum.Ring, stratum.Cell, stratum.Enrolled, stratum.Exposed, stratum.Installed, stratum.Matured, stratum.Harmed))],
            Over = Over(reply.Points, await exposure.OfAsync(id, person, stop).ConfigureAwait(false)),
            Decisions = Decisions(await rollouts.DecisionsAsync(id, null, DecisionsRead, person, stop).ConfigureAwait(false)),
            Approvals = [.. reply.Approvals.Select(approval => new RolloutDetail.Approval(approval.By, approval.At))],
            ApprovalsNeeded = line.ApprovalsNeeded,
            Choices = [.. reply.Possible.Where(name => May(person, name) && !(name == "approve" && reply.Approvals.Any(approval => approval.By == person.Name)))
                .Select(name => RolloutWords.Choice(name, line))],
        };
    }

    /// <summary>Published, not let out yet, and not only there to lead back from another.</summary>
    public static bool MayStart(ReleaseLine release) => release is { Rollout: null, WayBackFrom: null };

    private static bool May(Access.Person person, string choice) =>
        person.Roles.Contains(Role.Approver) || (choice != "approve" && person.Roles.Contains(Role.Operator));

    /// <summary>Each decision's figures, with the exposure that was published before it.</summary>
    private static List<RolloutDetail.Moment> Over(IReadOnlyList<RolloutPoint> points, IReadOnlyList<RingExposure> steps)
    {
        List<RolloutDetail.Moment> moments = [];
        int step = -1;
        foreach (RolloutPoint point in points)
        {
            while (step + 1 < steps.Count && steps[step + 1].At <= point.At)
            {
                step++;
            }

            moments.Add(new RolloutDetail.Moment(point.At, step < 0 ? Nobody : steps[step].Shares, point.Evidence, point.Spent));
        }

        return moments;
    }

    /// <summary>The newest first; what was decided the same way again and again stands once.</summary>
    private static List<RolloutDetail.Decision> Decisions(IReadOnlyList<DecisionLine> decided)
    {
        const int Shown = 40;
        List<RolloutDetail.Decision> shown = [];
        string? last = null;
        foreach (DecisionLine decision in decided.OrderBy(decision => decision.Number))
        {
            (string says, string[] because) = RolloutWords.Split(decision.Words);
            string same = $"{decision.Kind} {string.Join(' ', decision.Reasons)} {decision.Exposed}";
            if (same == last)
            {
                shown[^1] = shown[^1] with { Times = shown[^1].Times + 1, Because = because };
                continue;
            }

            last = same;
            shown.Add(new RolloutDetail.Decision(decision.At, decision.Kind, RolloutWords.OfDecision(decision.Kind), says, because, 1));
        }

        shown.Reverse();
        return shown.Count > Shown ? shown[..Shown] : shown;
    }
}
