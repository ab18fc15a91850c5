using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Findings;
using Ringwall.Host.Intake.Asks;
using Ringwall.Host.Intake.Tells;
using Ringwall.Host.Responses;
using Ringwall.Host.Review;
using Ringwall.Kernel.Scheduling;

namespace Ringwall.Host.Running;

/// <summary>What a running host does responses with.</summary>
internal static class ResponseParts
{
    /// <param name="configuration">What the operator decided.</param>
    /// <param name="asks">What asks are answered with.</param>
    /// <param name="review">Where it is learnt what asks were about.</param>
    /// <param name="findings">Where it is reported.</param>
    /// <param name="budgets">Where requests against protected files are counted; null where nothing is.</param>
    /// <param name="isInService">Whether a generation's word counts.</param>
    /// <param name="fallBack">Brings the fallback of a sensor's generation back, and why; must not wait.</param>
    /// <param name="dropRemembered">Has no remembered verdict count any more when it returns.</param>
    /// <param name="say">Tells operators.</param>
    /// <param name="undo">What becomes of the acts of generations that fall back.</param>
    public static ResponseDesk Desk(
        HostConfiguration configuration, AskContext asks, ReviewThread review, FindingLog findings, DenyBudgets? budgets, Func<FindingSource, bool> isInService, BudgetTripped fallBack, Action dropRemembered, Action<string> say,
        out FallbackUndo undo)
    {
        ResponseDesk? desk = null;
        JudgedAsks judged = new();
        if (configuration.Sensors.Any(sensor => sensor.Grants != ResponseKinds.None))
        {
            review.Add(judged);
        }

        FallbackUndo takesBack = new(
            configuration.Generations.Undo,
            (sensor, generation) => desk!.UndoEverythingOf(sensor, generation),
            (sensor, generation) => desk!.CountOf(sensor, generation),
            say);
        desk = new ResponseDesk(new ResponseContext
        {
            VaultFolder = Path.Combine(configuration.StateDirectory, "vault"),
            Protected = asks.Protected,
            Own = asks.Own,
            Report = (source, report) => findings.ReportOfHost(source, ResponseFindings.Of(source, report)),
            IsInService = isInService,
            AgainstProtected = (source, file) =>
                budgets?.Of(source.Name, source.Generation).RequestedAgainst(new FileKey(file.Identity.Device, file.Identity.Inode), MonotonicClock.NowNs),
            Judged = judged,
            Tripped = (sensor, generation, why) =>
            {
                takesBack.Distrust(sensor, generation);
                fallBack(sensor, generation, why);
            },
            Blocked = blocked =>
            {
                asks.Blocks.Replace(blocked);
                dropRemembered();
            },
            MayReachNetwork = [.. configuration.Isolation.AllowUsers.Select(user => (uint)user)],
            PerHour = configuration.Budgets.ResponsesPerHour,
            WithoutGuards = configuration.WithoutGuards,
            Say = say,
        });
        undo = takesBack;
        return desk;
    }
}
