using System.Data.Common;
using System.Text.Json;
using Dapper;
using Ringwall.Rollouts;
using Ringwall.Server.Audit;
using Ringwall.Server.Health;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Rollouts;

/// <summary>
/// Writes one decision: the window, the decision with its whole input, the exposure that follows, and the rollout's row, in one transaction that begins by holding the lease. Either all of it is there or
/// nothing, and nothing when another replica drives, or a person steered, since the row was read.
/// </summary>
internal sealed class DecisionWriter(Leases leases, AuditLog audit, TimeProvider clock)
{
    /// <summary>Far beyond proof. What pages are told must be a number that JSON has.</summary>
    private const double MostEvidence = 1e300;

    /// <param name="Rollout">As it was read.</param>
    /// <param name="Epoch">The lease's.</param>
    /// <param name="Evidence">What the fleet showed.</param>
    /// <param name="Input">What was decided on.</param>
    /// <param name="Decision">What was decided.</param>
    /// <param name="Exposure">The exposure that follows, by stratum; null when it stays.</param>
    /// <param name="Holds">The first minute in which that exposure holds.</param>
    internal sealed record Order(Rollout Rollout, long Epoch, FleetEvidence Evidence, RolloutInput Input, RolloutDecision Decision, double[]? Exposure, long Holds);

    /// <returns>False when it was not written, because the row or the lease is no longer what it was.</returns>
    public async Task<bool> WriteAsync(DbConnection connection, DbTransaction transaction, Order order)
    {
        Rollout rollout = order.Rollout;
        if (!await leases.HoldAsync(connection, transaction, rollout.Id, order.Epoch).ConfigureAwait(false))
        {
            return false;
        }

        long at = clock.GetUtcNow().ToUnixTimeMilliseconds();
        RolloutInput input = order.Input;
        EvidenceLedger ledger = input.Ledger;
        StrataCounts counts = new(
            order.Evidence.Fleet.Enrolled, order.Evidence.Fleet.Reachable,
            order.Decision is RolloutDecision.Grow grow && order.Exposure is not null ? grow.Exposed : order.Evidence.Exposed,
            order.Evidence.Installed, [.. ledger.Matured], [.. Enumerable.Range(0, input.Exposed.Length).Select(ledger.AllHarmed)]);
        string kind = Kind(order);
        string words = Words(order, kind);
        string state = StateAfter(order);
        Row row = new()
        {
            Id = rollout.Id,
            StateBefore = rollout.State,
            Before = rollout.Folded,
            State = state,
            Minute = input.Now,
            Number = rollout.Decisions + 1,
            At = at,
            Kind = kind,
            Words = words,
            Strata = JsonSerializer.Serialize(counts, JsonSerializerOptions.Web),
            Exposed = counts.Exposed.Sum(count => (long)count),
            Enrolled = counts.Enrolled.Sum(count => (long)count),
            Installed = counts.Installed.Sum(count => (long)count),
            Matured = counts.Matured.Sum(count => (long)count),
            Harmed = counts.Harmed.Sum(count => (long)count),
            Spent = order.Decision.Budget.Spent,
            Evidence = Math.Min(order.Decision.Judgement.Evidence, MostEvidence),
            EndedAt = state == RolloutStates.Halted ? at : 0,
            Reasons = JsonSerializer.Serialize(order.Decision.Reasons.Select(reason => reason.Code.ToString()).Distinct()),
            Owner = leases.Owner,
            Epoch = order.Epoch,
            Record = Packed.Compress(DecisionRecord.Of(input).ToJson()),
            Window = Packed.Of(order.Evidence.Window),
        };

        // A person may have steered since the row was read: then that counts, and the next look decides anew.
        if (await connection.ExecuteAsync(
            """
            UPDATE rollouts_rollouts SET state = @State, folded = @Minute, decisions = @Number, decided_at = @At, kind = @Kind, words = @Words, strata = @Strata, exposed = @Exposed,
                enrolled = @Enrolled, installed = @Installed, matured = @Matured, harmed = @Harmed, spent = @Spent, evidence = @Evidence, ended_at = @EndedAt,
                completed_at = CASE WHEN completed_at = 0 AND state <> 'complete' AND @State = 'complete' THEN @At ELSE completed_at END, revision = revision + 1
            WHERE id = @Id AND state = @StateBefore AND folded = @Before
            """,
            row, transaction).ConfigureAwait(false) != 1)
        {
            return false;
        }

        await connection.ExecuteAsync(
            """
            INSERT INTO rollouts_decisions (rollout, number, minute, at, kind, reasons, words, exposed, installed, matured, harmed, evidence, spent, owner, epoch, record)
            VALUES (@Id, @Number, @Minute, @At, @Kind, @Reasons, @Words, @Exposed, @Installed, @Matured, @Harmed, @Evidence, @Spent, @Owner, @Epoch, @Record)
            """,
            row, transaction).ConfigureAwait(false);
        await connection.ExecuteAsync("INSERT INTO rollouts_windows (rollout, minute, body) VALUES (@Id, @Minute, @Window)", row, transaction).ConfigureAwait(false);
        await FollowAsync(connection, transaction, order, row).ConfigureAwait(false);
        return true;
    }

    private async Task FollowAsync(DbConnection connection, DbTransaction transaction, Order order, Row row)
    {
        Rollout rollout = order.Rollout;
        bool halts = row.State == RolloutStates.Halted;
        if (order.Exposure is not null)
        {
            await connection.ExecuteAsync(
                "INSERT INTO rollouts_steps (rollout, number, decision, minute, exposure) SELECT @Id, COUNT(*) + 1, @Number, @minute, @exposure FROM rollouts_steps WHERE rollout = @Id",
                new { row.Id, row.Number, minute = order.Holds, exposure = JsonSerializer.Serialize(order.Exposure) }, transaction).ConfigureAwait(false);
        }

        if (order.Exposure is not null || halts)
        {
            await connection.ExecuteAsync("UPDATE rollouts_director SET wanted = wanted + 1 WHERE one = 1", transaction: transaction).ConfigureAwait(false);
        }

        if (row.State == RolloutStates.Complete && rollout.State != RolloutStates.Complete)
        {
await EndOlderAsync(connection, transaction, rollout, row.At).ConfigureAwait(false);
        }

        if (order.Exposure is not null)
        {
            await audit.AppendAsync(connection, transaction, "server", "rollout.grown", rollout.Id, new { release = rollout.Release, decision = row.Number, from = rollout.Exposed, to = row.Exposed }).ConfigureAwait(false);
        }

        if (halts)
        {
            await audit.AppendAsync(connection, transaction, "server", "rollout.halted", rollout.Id, new { release = rollout.Release, decision = row.Number, evidence = row.Evidence, harmed = row.Harmed }).ConfigureAwait(false);
        }
    }

    /// <summary>Older rollouts of the stream that no ring needs any more end: what they let out is what devices had before this one.</summary>
    private static async Task EndOlderAsync(DbConnection connection, DbTransaction transaction, Rollout complete, long at)
    {
        FleetPolicy policy = await FleetPolicies.GetAsync(connection, transaction).ConfigureAwait(false);
        IReadOnlyList<Rollout> all = await RolloutTables.ListAsync(connection, transaction, RolloutStates.Running, RolloutStates.Paused, RolloutStates.Complete).ConfigureAwait(false);
        foreach (Rollout older in all.Where(older => Succession.IsNewer(complete, older) && Succession.IsOver(older, all, policy)))
        {
            await SupersedeAsync(connection, transaction, older.Id, at).ConfigureAwait(false);
            await connection.ExecuteAsync("UPDATE rollouts_director SET wanted = wanted + 1 WHERE one = 1", transaction: transaction).ConfigureAwait(false);
        }
    }

    /// <summary>For good: it is judged no more, and the director does not speak of it. A halt that came first stays.</summary>
    public static Task SupersedeAsync(DbConnection connection, DbTransaction transaction, string id, long at) => connection.ExecuteAsync(
        "UPDATE rollouts_rollouts SET state = @Superseded, ended_at = @at, revision = revision + 1 WHERE id = @id AND state <> @Halted",
        new { RolloutStates.Superseded, RolloutStates.Halted, at, id }, transaction);

    private static string StateAfter(Order order) => order.Decision switch
    {
        RolloutDecision.Halt => RolloutStates.Halted,
        RolloutDecision.Wait wait when order.Rollout.State == RolloutStates.Running && wait.Reasons.Any(reason => reason.Code == ReasonCode.Complete) => RolloutStates.Complete,
        _ => order.Rollout.State,
    };

    private static string Kind(Order order) => order.Decision switch
    {
        RolloutDecision.Grow when order.Exposure is null => "held",
        RolloutDecision.Grow => "grow",
        RolloutDecision.Wait => order.Rollout.State == RolloutStates.Paused ? "held" : "wait",
        RolloutDecision.Inconclusive => "inconclusive",
        RolloutDecision.Pause => "pause",
        _ => "halt",
    };

    private static string Words(Order order, string kind)
    {
        string words = Explanation.Of(order.Decision, order.Input);
        return kind == "held" ? $"PAUSED by a person: {order.Input.Release.Name} stays where it is. Without that:\n{words}" : words;
    }

    private sealed record Row
    {
        public required string Id { get; init; }

        public required string StateBefore { get; init; }

        public required long Before { get; init; }

        public required string State { get; init; }

        public required long Minute { get; init; }

        public required long Number { get; init; }

        public required long At { get; init; }

        public required string Kind { get; init; }

        public required string Words { get; init; }

        public required string Strata { get; init; }

        public required long Exposed { get; init; }

        public required long Enrolled { get; init; }

        public required long Installed { get; init; }

        public required long Matured { get; init; }

        public required long Harmed { get; init; }

        public required double Spent { get; init; }

        public required double Evidence { get; init; }

        public required long EndedAt { get; init; }

        public required string Reasons { get; init; }

        public required string Owner { get; init; }

        public required long Epoch { get; init; }

        public required byte[] Record { get; init; }

        public required byte[] Window { get; init; }
    }
}
