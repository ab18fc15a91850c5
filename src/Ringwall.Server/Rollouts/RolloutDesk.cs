using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Ringwall.Server.Access;
using Ringwall.Server.Audit;
using Ringwall.Server.Releases;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Rollouts;

/// <summary>What people do with rollouts: start, approve, pause, resume, halt. Each is one transaction with its audit record.</summary>
public sealed class RolloutDesk : IPublicationWatch
{
    private const int SaltBytes = 32;

    private readonly Database _database;
    private readonly IFleetSight _fleet;
    private readonly AuditLog _audit;
    private readonly TimeProvider _clock;
    private readonly RolloutSignal _signal;

    internal RolloutDesk(Database database, IFleetSight fleet, AuditLog audit, TimeProvider clock, RolloutSignal signal)
    {
        _database = database;
        _fleet = fleet;
        _audit = audit;
        _clock = clock;
        _signal = signal;
    }

    /// <summary>Asks for a release to be let out. Whoever may approve has approved by asking; it begins when enough people have.</summary>
    /// <returns>The rollout's id.</returns>
    /// <exception cref="RequestRefused">There is no such release, or it was let out already. Nothing changed.</exception>
    public async Task<string> StartAsync(string release, bool urgent, Person by, CancellationToken stop)
    {
        // What the fleet looks like now decides which cells the rollout has.
        await _fleet.CatchUpAsync(stop).ConfigureAwait(false);
        string id = await _database.WriteAsync(
            async (connection, transaction) =>
            {
                PublishedRelease found = await PublishedReleases.FindAsync(connection, transaction, release).ConfigureAwait(false) ?? throw new RequestRefused(ProblemType.NotFound, $"nobody has published {release}");
                if (found.WayBackFrom is { } from)
                {
                    throw new RequestRefused(ProblemType.RolloutState, $"{release} is the way back from {from}: it is offered when that one is halted");
                }

                string started = await InsertAsync(connection, transaction, found, urgent, by.Name).ConfigureAwait(false);
                if (by.Roles.Contains(Role.Approver))
                {
                    await ApproveAsync(connection, transaction, started, by.Id, by.Name).ConfigureAwait(false);
                }

                await _audit.AppendAsync(connection, transaction, by.Id, "rollout.started", started, new { release, urgent }).ConfigureAwait(false);
                return started;
            },
            stop).ConfigureAwait(false);
        _signal.Tell(id);
        return id;
    }

    /// <summary>A person's yes. Nobody's counts twice.</summary>
    /// <exception cref="RequestRefused">The same person approved already, or it needs no approval any more. Nothing changed.</exception>
    public async Task ApproveAsync(string id, Person by, string why, CancellationToken stop)
    {
        await _fleet.CatchUpAsync(stop).ConfigureAwait(false);
        await ChangeAsync(id, by, "rollout.approved", why, [RolloutStates.Waiting], (connection, transaction, _) => ApproveAsync(connection, transaction, id, by.Id, by.Name), stop).ConfigureAwait(false);
    }

    /// <summary>Nobody more is let in, and whoever was let in does not install.</summary>
    /// <exception cref="RequestRefused">It does not run. Nothing changed.</exception>
    public Task PauseAsync(string id, Person by, string why, CancellationToken stop) => ChangeAsync(
        id, by, "rollout.paused", why, [RolloutStates.Running], (connection, transaction, rollout) => SetAsync(connection, transaction, rollout, RolloutStates.Paused, Headline("PAUSED", by, why)), stop);

    /// <exception cref="RequestRefused">It is not paused. Nothing changed.</exception>
    public Task ResumeAsync(string id, Person by, string why, CancellationToken stop) => ChangeAsync(
        id, by, "rollout.resumed", why, [RolloutStates.Paused], (connection, transaction, rollout) => SetAsync(connection, transaction, rollout, RolloutStates.Running, Headline("RESUMED", by, why)), stop);

    /// <summary>For good: the release is withdrawn, and devices return to what they had.</summary>
    /// <exception cref="RequestRefused">It is over already. Nothing changed.</exception>
    public Task HaltAsync(string id, Person by, string why, CancellationToken stop) => ChangeAsync(
        id, by, "rollout.halted", why, [RolloutStates.Waiting, RolloutStates.Running, RolloutStates.Paused, RolloutStates.Complete],
        (connection, transaction, rollout) => SetAsync(connection, transaction, rollout, RolloutStates.Halted, Headline("HALTED", by, why)), stop);

    /// <summary>A vendor's releases begin by themselves where the operator's policy says so; never urgently. A way back to halted content is refused.</summary>
    public async Task<string?> PublishedAsync(DbConnection connection, DbTransaction transaction, PublishedRelease release)
    {
        if (release.WayBackFrom is not null)
        {
            // The director would never offer it: better that its vendor hears of it now than on the day of a halt.
            return await WayBacks.HaltedAsync(connection, transaction, release).ConfigureAwait(false) is { } halted
                ? throw new RequestRefused(ProblemType.RolloutState, $"{release.Path} leads back to what {halted} brought, and that was halted: sign it with --way-back-to and a release that was not, or with --no-way-back")
                : null;
        }

        FleetPolicy policy = await FleetPolicies.GetAsync(connection, transaction).ConfigureAwait(false);
        if (!policy.Automatic.Contains(release.Vendor) || _fleet.Cells.Count == 0)
        {
            return null;
        }

        // What a person stopped, or is asked to look at, is not passed by on a vendor's word: the next one would undo the pause, and have a harm budget of its own.
        IReadOnlyList<Rollout> open = await RolloutTables.ListAsync(connection, transaction, RolloutStates.Running, RolloutStates.Paused).ConfigureAwait(false);
        if (open.Any(older => older.Vendor == release.Vendor && older.Sensor == release.Sensor && older.Stream == release.Stream && (older.State == RolloutStates.Paused || older.Kind == "inconclusive")))
        {
            return null;
        }

        string id = await InsertAsync(connection, transaction, release, urgent: false, "policy").ConfigureAwait(false);
        await ApproveAsync(connection, transaction, id, "policy", $"policy: automatic for {release.Vendor}").ConfigureAwait(false);
        return id;
    }

    private async Task<string> InsertAsync(DbConnection connection, DbTransaction transaction, PublishedRelease release, bool urgent, string by)
    {
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        int added = await connection.ExecuteAsync(
            """
            INSERT INTO rollouts_rollouts (id, release, vendor, sensor, stream, number, version, state, urgent, asked_at, asked_by)
            VALUES (@id, @Path, @Vendor, @Sensor, @Stream, @Number, @Version, @Waiting, @urgent, @at, @by) ON CONFLICT (release) DO NOTHING
            """,
            new { id, release.Path, release.Vendor, release.Sensor, release.Stream, release.Number, release.Version, RolloutStates.Waiting, urgent = urgent ? 1L : 0L, at = _clock.GetUtcNow().ToUnixTimeMilliseconds(), by },
            transaction).ConfigureAwait(false);
        if (added == 0)
        {
            throw new RequestRefused(ProblemType.RolloutState, $"{release.Path} has a rollout already; a corrected release has a new number");
        }

        long newer = await connection.QuerySingleAsync<long>(
            "SELECT COUNT(*) FROM rollouts_rollouts WHERE vendor = @Vendor AND sensor = @Sensor AND stream = @Stream AND number > @Number", release, transaction).ConfigureAwait(false);
        return newer == 0 ? id : throw new RequestRefused(ProblemType.RolloutState, $"a newer release of the stream has a rollout already, and devices refuse to go back to {release.Path}");
    }

    private async Task ApproveAsync(DbConnection connection, DbTransaction transaction, string id, string person, string name)
    {
        if (await connection.ExecuteAsync(
            "INSERT INTO rollouts_approvals (rollout, person, name, at) VALUES (@id, @person, @name, @at) ON CONFLICT (rollout, person) DO NOTHING",
            new { id, person, name, at = _clock.GetUtcNow().ToUnixTimeMilliseconds() }, transaction).ConfigureAwait(false) == 0)
        {
            throw new RequestRefused(ProblemType.SamePerson, $"{name} has approved it already");
        }

        // The row, so that the second approval sees the first.
        await connection.ExecuteAsync("UPDATE rollouts_rollouts SET revision = revision + 1 WHERE id = @id", new { id }, transaction).ConfigureAwait(false);
        Rollout rollout = (await RolloutTables.FindAsync(connection, transaction, id).ConfigureAwait(false))!;
        int approvals = (await RolloutTables.ApprovalsAsync(connection, transaction, id).ConfigureAwait(false)).Count;
        if (rollout.State == RolloutStates.Waiting && approvals >= rollout.ApprovalsNeeded)
        {
            await BeginAsync(connection, transaction, rollout).ConfigureAwait(false);
        }
    }

    // From here on there is evidence. The salt is drawn now: before, nobody can know who comes early.
    private async Task BeginAsync(DbConnection connection, DbTransaction transaction, Rollout rollout)
    {
        IReadOnlyList<string> cells = _fleet.Cells;
        if (cells.Count == 0)
        {
            throw new RequestRefused(ProblemType.RolloutState, "no device is enrolled yet: there is nobody to let it out to");
        }

        FleetPolicy policy = await FleetPolicies.GetAsync(connection, transaction).ConfigureAwait(false);
        long at = await _fleet.RegisterAsync(connection, transaction, rollout.Release, rollout.IsUrgent ? policy.UrgentSoakMinutes : policy.SoakMinutes).ConfigureAwait(false);
        await connection.ExecuteAsync(
            """
            UPDATE rollouts_rollouts SET state = @Running, salt = @salt, began_at = @at, policy = @policy, cells = @cells, folded = @folded, words = @words, kind = 'wait', revision = revision + 1
            WHERE id = @Id
            """,
            new
            {
                rollout.Id,
                RolloutStates.Running,
                salt = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SaltBytes)),
                at,
                policy = JsonSerializer.Serialize(policy, JsonSerializerOptions.Web),
                cells = JsonSerializer.Serialize(cells),
                folded = _fleet.MinuteOf(at) - 1,
                words = $"WAIT: {rollout.Release} has begun; the rules look at it every minute.",
            },
            transaction).ConfigureAwait(false);

        // What nobody approved yet is not needed any more. What devices run goes on being judged, and can be halted, until this one has reached them; it only grows no more.
        foreach (Rollout waiting in (await RolloutTables.ListAsync(connection, transaction, RolloutStates.Waiting).ConfigureAwait(false)).Where(waiting => Succession.IsNewer(rollout, waiting)))
        {
            await DecisionWriter.SupersedeAsync(connection, transaction, waiting.Id, _clock.GetUtcNow().ToUnixTimeMilliseconds()).ConfigureAwait(false);
        }

        await connection.ExecuteAsync("UPDATE rollouts_director SET wanted = wanted + 1 WHERE one = 1", transaction: transaction).ConfigureAwait(false);
    }

    private async Task SetAsync(DbConnection connection, DbTransaction transaction, Rollout rollout, string state, string words)
    {
        long ended = state == RolloutStates.Halted ? _clock.GetUtcNow().ToUnixTimeMilliseconds() : 0;
        await connection.ExecuteAsync(
            "UPDATE rollouts_rollouts SET state = @state, words = @words, ended_at = @ended WHERE id = @Id",
            new { rollout.Id, state, words = $"{words}\n{WithoutHeadline(rollout.Words)}", ended }, transaction).ConfigureAwait(false);
        await connection.ExecuteAsync("UPDATE rollouts_director SET wanted = wanted + 1 WHERE one = 1", transaction: transaction).ConfigureAwait(false);
    }

    private async Task ChangeAsync(
        string id, Person by, string what, string why, string[] from, Func<DbConnection, DbTransaction, Rollout, Task> change, CancellationToken stop)
    {
        await _database.WriteAsync(
            async (connection, transaction) =>
            {
                // Takes the row: what the driver decides meanwhile comes before or after, never in between.
                await connection.ExecuteAsync("UPDATE rollouts_rollouts SET revision = revision + 1 WHERE id = @id", new { id }, transaction).ConfigureAwait(false);
                Rollout rollout = await RolloutTables.FindAsync(connection, transaction, id).ConfigureAwait(false) ?? throw new RequestRefused(ProblemType.NotFound, $"there is no rollout {id}");
                if (!from.Contains(rollout.State))
                {
                    throw new RequestRefused(ProblemType.RolloutState, $"it is {rollout.State}");
                }

                await change(connection, transaction, rollout).ConfigureAwait(false);
                await _audit.AppendAsync(connection, transaction, by.Id, what, id, new { release = rollout.Release, why }).ConfigureAwait(false);
            },
            stop).ConfigureAwait(false);
        _signal.Tell(id);
    }

    private static string Headline(string what, Person by, string why) => why.Length == 0 ? $"{what} by {by.Name}." : $"{what} by {by.Name}: {why}";

    private static string WithoutHeadline(string words) => words.IndexOf('\n') is >= 0 and int end ? words[(end + 1)..] : "";
}
