using System.Data.Common;
using Ringwall.Rollouts;
using Ringwall.Server.Health;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
using Ringwall.Trust;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Rollouts;

/// <summary>
/// Drives rollouts: each minute of theirs it folds what the fleet showed, asks the rules, writes what they say, and has the director repository say it. Every replica runs one; leases decide which of them
/// drives which rollout.
/// </summary>
// Owns:     the ledgers of the rollouts that this replica drives.
// Threads:  its own loop; Nudge may be called from anywhere.
// Ordering: what is decided is in the database before it is published, and what is published is made from the database alone. Whoever is killed anywhere leaves something that the next one goes on from.
internal sealed partial class RolloutDriver(
    Database database, Leases leases, IFleetSight fleet, DecisionWriter writer, DirectorOrders director, FleetPolicies policies, RolloutWatch watch, TimeProvider clock, ILogger<RolloutDriver> log) : BackgroundService
{
    private const string DirectorLease = "director";

    /// <summary>How often it looks; with the life of a lease it is how soon another replica drives.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <summary>One whose every device may install is looked at less often: only late faults and late joiners are left.</summary>
    private const long CompleteMinutes = 15;

    private readonly Dictionary<string, LiveRollout> _live = [];
    private readonly SemaphoreSlim _nudged = new(0, 1);

    /// <summary>Something changed that should not wait for the next look.</summary>
    public void Nudge()
    {
        try
        {
            _nudged.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody did already.
        }
    }

    public override void Dispose()
    {
        _nudged.Dispose();
        base.Dispose();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await leases.ReleaseAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception away) when (IsPassing(away))
        {
            // They run out by themselves.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Look, clock);
        Task<bool> tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        Task nudge = _nudged.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAny(tick, nudge).ConfigureAwait(false);
            if (nudge.IsCompletedSuccessfully)
            {
                nudge = _nudged.WaitAsync(stoppingToken);
            }

            if (tick.IsCompletedSuccessfully)
            {
                tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
            }

            if (!stoppingToken.IsCancellationRequested)
            {
                await RoundAsync(stoppingToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>One look at everything.</summary>
    internal async Task RoundAsync(CancellationToken stop)
    {
        try
        {
            IReadOnlyList<Rollout> rollouts = await database.ReadAsync(
                connection => RolloutTables.ListAsync(connection, null, RolloutStates.Running, RolloutStates.Paused, RolloutStates.Complete), stop).ConfigureAwait(false);
            foreach (string gone in _live.Keys.Except(rollouts.Select(rollout => rollout.Id)).ToArray())
            {
                _live.Remove(gone, out LiveRollout? over);
                fleet.Forget(over!.Release);
            }

            foreach (Rollout rollout in rollouts.Where(IsDue))
            {
                await TryDriveAsync(rollout, stop).ConfigureAwait(false);
            }

            await PublishAsync(stop).ConfigureAwait(false);
            await watch.LookAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The server ends.
        }
        catch (Exception failed) when (IsPassing(failed))
        {
            Failed("", failed.Message);
        }
    }

    // One rollout's trouble must not keep the others, or a halt's publication, waiting.
    private async Task TryDriveAsync(Rollout rollout, CancellationToken stop)
    {
        try
        {
            await DriveAsync(rollout, stop).ConfigureAwait(false);
        }
        catch (Exception failed) when (IsPassing(failed))
        {
            // What is in memory may be ahead of what was written.
            _live.Remove(rollout.Id);
            Failed(rollout.Release, failed.Message);
        }
    }

    private bool IsDue(Rollout rollout)
    {
        long complete = fleet.MinuteOf(clock.GetUtcNow().ToUnixTimeMilliseconds()) - 1;
        return complete - rollout.Folded >= (rollout.State == RolloutStates.Complete ? CompleteMinutes : 1);
    }

    private async Task DriveAsync(Rollout rollout, CancellationToken stop)
    {
        if (await leases.TakeAsync(rollout.Id, stop).ConfigureAwait(false) is not { } epoch)
        {
            _live.Remove(rollout.Id);
            return;
        }

        // Read again under the lease: the replica before may have decided since.
        (Rollout? now, IReadOnlyList<ExposureStep> steps, FleetPolicy policy, IReadOnlyList<Rollout> others, string[] approvals, long highest) = await database.ReadAsync(
            connection => ReadAsync(connection, rollout.Id), stop).ConfigureAwait(false);
        if (now is not { IsDriven: true } || !IsDue(now))
        {
            return;
        }

        if (!_live.TryGetValue(now.Id, out LiveRollout? live) || live.Folded != now.Folded)
        {
            live = await database.ReadAsync(connection => LiveRollout.ReadAsync(connection, now), stop).ConfigureAwait(false);
        }

        _live.Remove(now.Id);
        RolloutSeen seen = RolloutTables.Seen(now, steps);
        long minute = await fleet.CatchUpAsync(stop).ConfigureAwait(false);
        if (minute <= now.Folded)
        {
            _live[now.Id] = live;
            return;
        }

        FleetEvidence evidence = await fleet.EvidenceAsync(seen, now.Folded, minute, stop).ConfigureAwait(false);
        live.Fold(evidence.Window);
        RolloutInput input = new()
        {
            Release = new ReleaseFacts(
                $"{now.Vendor}/{now.Sensor} {now.Stream} {now.Version}", now.ReleaseStream, now.Number, Succession.Behind(now, others), now.IsUrgent, approvals, fleet.MinuteOf(now.BeganAt))
            {
                Overtaken = Succession.Overtaken(now, others, policy),
            },
            Policy = policies.ForRules(now.FleetPolicy, policy),
            Fleet = evidence.Fleet,
            Ledger = live.Ledger,
            Exposed = evidence.Exposed,
            Installed = evidence.Installed,
            FallbackAlive = evidence.FallbackAlive,
            GrownMinute = LiveRollout.Grown(steps, evidence.Exposed.Length),
            Changes = Changes(now, others),
            HighestVersion = highest,
            Now = minute,
        };
        RolloutDecision decision = RolloutRules.Decide(input);
        double[]? exposure = decision is RolloutDecision.Grow grow && now.State != RolloutStates.Paused ? await ExposureAsync(seen, evidence.Exposed, grow.Exposed, stop).ConfigureAwait(false) : null;

        // From this minute on, which no window has yet: a device that takes the release a moment from now is one that was let in, and what it then suffers is the release's.
        DecisionWriter.Order order = new(now, epoch, evidence, input, decision, exposure, Math.Max(minute + 1, fleet.MinuteOf(clock.GetUtcNow().ToUnixTimeMilliseconds())));
        bool written = await database.WriteAsync((connection, transaction) => writer.WriteAsync(connection, transaction, order), stop).ConfigureAwait(false);
        if (written)
        {
            _live[now.Id] = live;
            Decided(now.Release, minute, decision.GetType().Name, epoch);
        }
    }

    // Where the count grows, the share that lets in exactly so many; elsewhere the one that holds.
    private async Task<double[]> ExposureAsync(RolloutSeen seen, int[] before, int[] after, CancellationToken stop)
    {
        double[] exposure = [.. seen.Steps.Count > 0 ? seen.Steps[^1].Exposure : new double[after.Length]];
        for (int stratum = 0; stratum < after.Length; stratum++)
        {
            if (after[stratum] > before[stratum])
            {
                double[] positions = await fleet.SortedPositionsAsync(seen, stratum, stop).ConfigureAwait(false);
                exposure[stratum] = Math.Max(exposure[stratum], Membership.ExposureFor(positions, after[stratum]));
            }
        }

        return exposure;
    }

    private async Task PublishAsync(CancellationToken stop)
    {
        if (!await database.ReadAsync(director.IsDueAsync, stop).ConfigureAwait(false) || await leases.TakeAsync(DirectorLease, stop).ConfigureAwait(false) is not { } epoch)
        {
            return;
        }

        try
        {
            bool published = await database.WriteAsync(
                async (connection, transaction) => await leases.HoldAsync(connection, transaction, DirectorLease, epoch).ConfigureAwait(false)
                    && await director.PublishAsync(connection, transaction).ConfigureAwait(false), stop).ConfigureAwait(false);
            if (published)
            {
                await watch.PublishedAsync(stop).ConfigureAwait(false);
            }
        }
        catch (Exception refused) when (refused is RequestRefused or UpdateRejectedException)
        {
            // No root, or no key to sign with. Decisions go on; what they say is published when that is mended.
            NotPublished(refused.Message);
        }
    }

    private static async Task<(Rollout?, IReadOnlyList<ExposureStep>, FleetPolicy, IReadOnlyList<Rollout>, string[], long)> ReadAsync(DbConnection connection, string id)
    {
        Rollout? rollout = await RolloutTables.FindAsync(connection, null, id).ConfigureAwait(false);
        if (rollout is null)
        {
            return (null, [], new FleetPolicy(), [], [], 0);
        }

        return (
            rollout,
            await RolloutTables.StepsAsync(connection, null, id).ConfigureAwait(false),
            await FleetPolicies.GetAsync(connection, null).ConfigureAwait(false),
            await RolloutTables.ListAsync(connection, null, RolloutStates.Running, RolloutStates.Paused, RolloutStates.Complete, RolloutStates.Halted).ConfigureAwait(false),
            [.. (await RolloutTables.ApprovalsAsync(connection, null, id).ConfigureAwait(false)).Select(approval => approval.Person)],
            // The way back takes the next number: the one that the vendor has signed it with already, if it has.
            await Releases.PublishedReleases.WayBackAsync(connection, null, rollout.Release).ConfigureAwait(false) is { } back
                ? back.Number - 1
                : await Releases.PublishedReleases.HighestAsync(connection, null, rollout.Vendor, rollout.Sensor, rollout.Stream).ConfigureAwait(false));
    }

    // What else began to reach devices: it may be what makes them worse.
    private Change[] Changes(Rollout rollout, IReadOnlyList<Rollout> others) =>
        [.. others.Where(other => other.Id != rollout.Id && other.HasBegun).Select(other => new Change(Named(other, rollout.Vendor), fleet.MinuteOf(other.BeganAt), []))];

    // Decisions are for the vendor's eyes too, and what another vendor lets out is not its business.
    private static string Named(Rollout other, string vendor) => other.Vendor == vendor ? $"{other.Release} was let out" : "a release of another vendor was let out";

    private static bool IsPassing(Exception failed) => failed is DbException or TimeoutException or IOException or System.Net.Sockets.SocketException or InvalidOperationException or ArgumentException;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Release}, minute {Minute}: {Decision} (epoch {Epoch})")]
    private partial void Decided(string release, long minute, string decision, long epoch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "rollouts were not driven: {Release} {Reason}")]
    private partial void Failed(string release, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the director repository was not published: {Reason}")]
    private partial void NotPublished(string reason);
}
