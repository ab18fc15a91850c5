using System.Data.Common;
using Dapper;
using Ringwall.Server.Health;
using Ringwall.Server.Releases;
using Ringwall.Trust;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Rollouts;

/// <summary>What the director repository says: made anew from the rollouts each time, so that it never says anything that they do not.</summary>
internal sealed partial class DirectorOrders(Repositories repositories, FleetPolicies policies, ILogger<DirectorOrders> log)
{
    private static readonly string[] Rings = ["canary", "early", "broad", "critical"];

    /// <summary>Whether rollouts say something else than what is published; a freeze that began or ended counts.</summary>
    public async Task<bool> IsDueAsync(DbConnection connection)
    {
        (long wanted, long published, long frozen) = await connection.QuerySingleAsync<(long, long, long)>("SELECT wanted, published, frozen FROM rollouts_director WHERE one = 1").ConfigureAwait(false);
        return wanted != published || (frozen != 0) != policies.IsFrozen(await FleetPolicies.GetAsync(connection, null).ConfigureAwait(false));
    }

    /// <summary>Publishes, in the caller's transaction.</summary>
    /// <exception cref="Running.RequestRefused">There is no root, or no key. Nothing changed.</exception>
    /// <exception cref="UpdateRejectedException">Devices would refuse it. Nothing changed.</exception>
    public async Task<bool> PublishAsync(DbConnection connection, DbTransaction transaction)
    {
        // The row before anything else is read: whoever changes a rollout or the policy has it until it is all there to be read, or waits for it and is published by the next.
        await connection.ExecuteAsync("UPDATE rollouts_director SET wanted = wanted WHERE one = 1", transaction: transaction).ConfigureAwait(false);
        FleetPolicy policy = await FleetPolicies.GetAsync(connection, transaction).ConfigureAwait(false);
        bool frozen = policies.IsFrozen(policy);
        if (await connection.ExecuteAsync(
            "UPDATE rollouts_director SET published = wanted, frozen = @frozen WHERE one = 1 AND (published <> wanted OR frozen <> @frozen)", new { frozen = frozen ? 1L : 0L }, transaction).ConfigureAwait(false) == 0)
        {
            return false;
        }

        IReadOnlyList<TargetFile> targets = await TargetsAsync(connection, transaction, policy, frozen).ConfigureAwait(false);
        await repositories.PublishDirectorAsync(connection, transaction, draft =>
        {
            draft.Clear();
            foreach (TargetFile target in targets)
            {
                draft.Set(target);
            }
        }).ConfigureAwait(false);
        return true;
    }

    private async Task<IReadOnlyList<TargetFile>> TargetsAsync(DbConnection connection, DbTransaction transaction, FleetPolicy policy, bool frozen)
    {
        IReadOnlyList<Rollout> rollouts = await RolloutTables.ListAsync(
            connection, transaction, RolloutStates.Running, RolloutStates.Paused, RolloutStates.Complete, RolloutStates.Halted).ConfigureAwait(false);
        List<TargetFile> targets = [];
        foreach (Rollout rollout in rollouts.Where(rollout => rollout.HasBegun))
        {
            // Once a newer release has reached everybody, nobody needs to be told of a withdrawal.
            if (rollout.State == RolloutStates.Halted && Succession.IsOver(rollout, rollouts, policy))
            {
                continue;
            }

            IReadOnlyList<ExposureStep> steps = await RolloutTables.StepsAsync(connection, transaction, rollout.Id).ConfigureAwait(false);
            if (steps.Count == 0 || await PublishedReleases.FindAsync(connection, transaction, rollout.Release).ConfigureAwait(false) is not { } release)
            {
                continue;
            }

            IReadOnlyList<(string Person, string Name, long At)> approvals = await RolloutTables.ApprovalsAsync(connection, transaction, rollout.Id).ConfigureAwait(false);
            OperatorOrder order = Order(rollout, Succession.Behind(rollout, rollouts), steps[^1].Exposure, approvals, policy, frozen);
            Add(targets, release, order);
            if (rollout.State == RolloutStates.Halted && await WayBacks.OfferedAsync(connection, transaction, rollout).ConfigureAwait(false) is { } back)
            {
                // The content from before, under a number that no device refuses: where the bad one may have been, and for devices that had it alone.
                Add(targets, back, order with
                {
                    StartedAt = Seconds(rollout.EndedAt),
                    Exposure = Exposure(rollout, [.. steps[^1].Exposure.Select(share => share > 0 ? 1.0 : 0)], _ => false),
                    IsWithdrawn = false,
                    IsUrgent = false,
                    WayBackFrom = rollout.Release,
                });
            }
        }

        return targets;
    }

    private static OperatorOrder Order(Rollout rollout, int behind, double[] exposure, IReadOnlyList<(string Person, string Name, long At)> approvals, FleetPolicy policy, bool frozen)
    {
        bool halted = rollout.State == RolloutStates.Halted;
        return new OperatorOrder
        {
            Salt = rollout.Salt,
            StartedAt = Seconds(rollout.BeganAt),
            Exposure = halted ? [] : Exposure(rollout, exposure, ring => !Succession.MayHave(ring, rollout.Stream, behind, policy)),
            Windows = [.. policy.Windows.Select(window => new InstallWindow((DayOfWeek)window.Day, window.From, window.Until, window.Ring))],
            Pinned = [.. policy.PinnedDevices.Select(device => OperatorOrder.PinOf(rollout.Salt, device))],
            Approvals = [.. approvals.Select(approval => new Approval(approval.Person, Seconds(approval.At)))],
            IsUrgent = rollout.IsUrgent,
            IsHeld = frozen || rollout.State == RolloutStates.Paused,
            IsWithdrawn = halted,
        };
    }

    private static IReadOnlyList<ExposureShare> Exposure(Rollout rollout, double[] exposure, Func<string, bool> isPinned)
    {
        string[] cells = rollout.CellNames;
        return [.. Enumerable.Range(0, exposure.Length)
            .Where(stratum => exposure[stratum] > 0 && !isPinned(Rings[stratum / cells.Length]))
            .Select(stratum => ExposureShare.Of(Rings[stratum / cells.Length], cells[stratum % cells.Length], exposure[stratum]))];
    }

    // As a device reads it. One that no device could read must not keep the others, withdrawals above all, from being published.
    private void Add(List<TargetFile> targets, PublishedRelease release, OperatorOrder order)
    {
        try
        {
            MetaValue.Map described = order.Describe();
            _ = OperatorOrder.Read(described);
            targets.Add(new TargetFile(release.Path, release.Bytes, DigestSet.OfSha256(release.Sha256), described));
        }
        catch (UpdateRejectedException refused)
        {
            LeftOut(release.Path, refused.Message);
        }
    }

    // Signed times have whole seconds. Rounded up, no device that was there before is taken for one that came later.
    private static DateTimeOffset Seconds(long unixMilliseconds) => DateTimeOffset.FromUnixTimeSeconds((unixMilliseconds + 999) / 1000);

    [LoggerMessage(Level = LogLevel.Error, Message = "the order of {Release} is not published, because devices would refuse it: {Reason}")]
    private partial void LeftOut(string release, string reason);
}
