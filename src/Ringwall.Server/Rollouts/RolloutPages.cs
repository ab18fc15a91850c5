using System.Data.Common;
using System.Text.Json;
using Dapper;
using Ringwall.Rollouts;
using Ringwall.Server.Access;
using Ringwall.Server.Releases;
using Ringwall.Server.Storage;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Rollouts;

/// <summary>Rollouts as people see them, on pages and through the API. A vendor sees its own.</summary>
public sealed class RolloutPages(Database database, PublishedReleases releases)
{
    private const int MostPoints = 400;
    private static readonly string[] Rings = ["canary", "early", "broad", "critical"];

    /// <summary>All of them, newest first.</summary>
    public Task<IReadOnlyList<RolloutLine>> ListAsync(Person person, CancellationToken stop) => database.ReadAsync<IReadOnlyList<RolloutLine>>(
        async connection =>
        {
            Dictionary<string, long> approvals = (await connection.QueryAsync<(string Rollout, long Count)>("SELECT rollout, COUNT(*) FROM rollouts_approvals GROUP BY rollout").ConfigureAwait(false))
                .ToDictionary(row => row.Rollout, row => row.Count);
            IReadOnlyList<Rollout> rollouts = await RolloutTables.ListAsync(connection, null, [.. All]).ConfigureAwait(false);
            return [.. rollouts.Where(rollout => person.MaySee(rollout.Vendor)).Select(rollout => Line(rollout, (int)approvals.GetValueOrDefault(rollout.Id)))];
        },
        stop);

    /// <summary>One of them, whole; null when there is none that this person may see.</summary>
    public Task<RolloutReply?> FindAsync(string id, Person person, CancellationToken stop) => database.ReadAsync(
        async connection =>
        {
            if (await RolloutTables.FindAsync(connection, null, id).ConfigureAwait(false) is not { } rollout || !person.MaySee(rollout.Vendor))
            {
                return null;
            }

            IReadOnlyList<(string Person, string Name, long At)> approvals = await RolloutTables.ApprovalsAsync(connection, null, id).ConfigureAwait(false);
            return new RolloutReply
            {
                Line = Line(rollout, approvals.Count),
                Words = Words(rollout, approvals.Count),
                Strata = await StrataAsync(connection, rollout).ConfigureAwait(false),
                Points = await PointsAsync(connection, rollout).ConfigureAwait(false),
                Approvals = [.. approvals.Select(approval => new ApprovalLine(approval.Name, Time(approval.At)))],
                WayBack = (await PublishedReleases.WayBackAsync(connection, null, rollout.Release).ConfigureAwait(false))?.Path,
                Possible = Possible(rollout.State),
            };
        },
        stop);

    /// <summary>Decisions about one of them, newest first; empty when there is none that this person may see.</summary>
    /// <param name="id">The rollout.</param>
    /// <param name="before">Only those with a lower number; null for the latest.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="person">Who looks.</param>
    /// <param name="stop">Ends the wait.</param>
    public Task<IReadOnlyList<DecisionLine>> DecisionsAsync(string id, long? before, int count, Person person, CancellationToken stop) => database.ReadAsync<IReadOnlyList<DecisionLine>>(
        async connection =>
        {
            if (await RolloutTables.FindAsync(connection, null, id).ConfigureAwait(false) is not { } rollout || !person.MaySee(rollout.Vendor))
            {
                return [];
            }

            IEnumerable<DecisionRow> rows = await connection.QueryAsync<DecisionRow>(
                "SELECT number, minute, at, kind, reasons, words, exposed, evidence, spent FROM rollouts_decisions WHERE rollout = @id AND number < @before ORDER BY number DESC LIMIT @count",
                new { id, before = before ?? long.MaxValue, count }).ConfigureAwait(false);
            return [.. rows.Select(row => new DecisionLine(
                row.Number, Time(row.At), row.Minute, row.Kind, JsonSerializer.Deserialize<string[]>(row.Reasons)!, row.Words, row.Exposed, row.Evidence, row.Spent))];
        },
        stop);

    /// <summary>The whole input of one decision, as JSON: whoever has it can decide again, and must get the same. Null when there is none that this person may see.</summary>
    public Task<byte[]?> RecordAsync(string id, long number, Person person, CancellationToken stop) => database.ReadAsync(
        async connection => await RolloutTables.FindAsync(connection, null, id).ConfigureAwait(false) is { } rollout && person.MaySee(rollout.Vendor)
            && await connection.QuerySingleOrDefaultAsync<byte[]?>("SELECT record FROM rollouts_decisions WHERE rollout = @id AND number = @number", new { id, number }).ConfigureAwait(false) is { } packed
                ? Packed.Decompress(packed)
                : null,
        stop);

    /// <summary>What vendors have published, with what became of it; newest first.</summary>
    public async Task<IReadOnlyList<ReleaseLine>> ReleasesAsync(Person person, CancellationToken stop)
    {
        IReadOnlyList<PublishedRelease> published = await releases.ListAsync(person.Oversees ? null : person.Vendor ?? "", stop).ConfigureAwait(false);
        Dictionary<string, (string Id, string State)> rollouts = await database.ReadAsync(
            async connection => (await connection.QueryAsync<(string Release, string Id, string State)>("SELECT release, id, state FROM rollouts_rollouts").ConfigureAwait(false))
                .ToDictionary(row => row.Release, row => (row.Id, row.State)),
            stop).ConfigureAwait(false);
        Dictionary<string, string> back = published.Where(release => release.WayBackFrom is not null).DistinctBy(release => release.WayBackFrom).ToDictionary(release => release.WayBackFrom!, release => release.Path);
        return [.. published.Select(release => new ReleaseLine
        {
            Path = release.Path,
            Vendor = release.Vendor,
            Sensor = release.Sensor,
            Stream = release.Stream,
            Number = release.Number,
            Version = release.Version,
            Schema = release.SchemaHash,
            Sha256 = release.Sha256,
            Bytes = release.Bytes,
            PublishedAt = Time(release.At),
            PublishedBy = release.Who,
            WayBack = back.GetValueOrDefault(release.Path),
            WayBackFrom = release.WayBackFrom,
            Rollout = rollouts.TryGetValue(release.Path, out (string Id, string State) rollout) ? rollout.Id : null,
            RolloutState = rollouts.TryGetValue(release.Path, out rollout) ? rollout.State : null,
        })];
    }

    private static IEnumerable<string> All { get; } =
        [RolloutStates.Waiting, RolloutStates.Running, RolloutStates.Paused, RolloutStates.Halted, RolloutStates.Complete, RolloutStates.Superseded];

    private static RolloutLine Line(Rollout rollout, int approvals)
    {
        string words = Words(rollout, approvals);
        return new RolloutLine
        {
            Id = rollout.Id,
            Release = rollout.Release,
            Vendor = rollout.Vendor,
            Version = rollout.Version,
            State = rollout.State,
            Urgent = rollout.IsUrgent,
            StartedAt = Time(rollout.HasBegun ? rollout.BeganAt : rollout.AskedAt),
            StartedBy = rollout.AskedBy,
            Exposed = rollout.Exposed,
            Enrolled = rollout.Enrolled,
            Installed = rollout.Installed,
            Matured = rollout.Matured,
            Harmed = rollout.Harmed,
            Spent = rollout.Spent,
            Budget = rollout.FleetPolicy.HarmBudget,
            Evidence = rollout.Evidence,
            Threshold = 1 / new RolloutPolicy().FalseHalt,
            Approvals = approvals,
            ApprovalsNeeded = rollout.ApprovalsNeeded,
            Headline = words.Split('\n', 2)[0],
            DecidedAt = rollout.DecidedAt == 0 ? null : Time(rollout.DecidedAt),
        };
    }

    private static string Words(Rollout rollout, int approvals) => rollout.State switch
    {
        RolloutStates.Waiting => $"WAIT: {rollout.Release} needs {rollout.ApprovalsNeeded} approvals by different people, and has {approvals}.\n",
        RolloutStates.Superseded => $"OVER: a newer release took the place of {rollout.Release}.\n{rollout.Words}",
        _ => rollout.Words,
    };

    private static IReadOnlyList<string> Possible(string state) => state switch
    {
        RolloutStates.Waiting => ["approve", "halt"],
        RolloutStates.Running => ["pause", "halt"],
        RolloutStates.Paused => ["resume", "halt"],
        RolloutStates.Complete => ["halt"],
        _ => [],
    };

    private static async Task<IReadOnlyList<StratumLine>> StrataAsync(DbConnection connection, Rollout rollout)
    {
        string[] cells = rollout.CellNames;
        StrataCounts counts = rollout.Counts ?? StrataCounts.Empty(cells.Length * FleetCounts.Rings);
        double[] share = (await RolloutTables.StepsAsync(connection, null, rollout.Id).ConfigureAwait(false)) is [.., var last] ? last.Exposure : new double[counts.Enrolled.Length];
        return [.. Enumerable.Range(0, counts.Enrolled.Length).Select(s => new StratumLine(
            Rings[s / cells.Length], cells[s % cells.Length], counts.Enrolled[s], counts.Reachable[s], counts.Exposed[s], counts.Installed[s], counts.Matured[s], counts.Harmed[s], share[s]))];
    }

    // Of a long rollout every so manieth decision, and the last: what changed kind is kept by its neighbours.
    private static async Task<IReadOnlyList<RolloutPoint>> PointsAsync(DbConnection connection, Rollout rollout)
    {
        long every = Math.Max(1, rollout.Decisions / MostPoints);
        IEnumerable<DecisionRow> rows = await connection.QueryAsync<DecisionRow>(
            "SELECT number, at, kind, exposed, installed, matured, harmed, spent, evidence FROM rollouts_decisions WHERE rollout = @Id AND (number % @every = 0 OR number = @Decisions OR kind = 'halt') ORDER BY number",
            new { rollout.Id, every, rollout.Decisions }).ConfigureAwait(false);
        return [.. rows.Select(row => new RolloutPoint(Time(row.At), row.Kind, row.Exposed, row.Installed, row.Matured, row.Harmed, row.Spent, row.Evidence))];
    }

    private static DateTimeOffset Time(long unixMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds);

    private sealed class DecisionRow
    {
        public long Number { get; init; }

        public long Minute { get; init; }

        public long At { get; init; }

        public string Kind { get; init; } = "";

        public string Reasons { get; init; } = "[]";

        public string Words { get; init; } = "";

        public long Exposed { get; init; }

        public long Installed { get; init; }

        public long Matured { get; init; }

        public long Harmed { get; init; }

        public double Evidence { get; init; }

        public double Spent { get; init; }
    }
}
