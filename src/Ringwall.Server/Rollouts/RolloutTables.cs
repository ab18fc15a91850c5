using System.Data.Common;
using System.Text.Json;
using Dapper;
using Ringwall.Server.Health;

namespace Ringwall.Server.Rollouts;

/// <summary>Reads of the module's tables that several of its classes need.</summary>
internal static class RolloutTables
{
    public static Task<Rollout?> FindAsync(DbConnection connection, DbTransaction? transaction, string id) =>
        connection.QuerySingleOrDefaultAsync<Rollout>($"SELECT {Rollout.Columns} FROM rollouts_rollouts WHERE id = @id", new { id }, transaction);

    /// <summary>In the states that are named, newest first.</summary>
    public static async Task<IReadOnlyList<Rollout>> ListAsync(DbConnection connection, DbTransaction? transaction, params string[] states) =>
        [.. await connection.QueryAsync<Rollout>($"SELECT {Rollout.Columns} FROM rollouts_rollouts WHERE state IN ({In(states)}) ORDER BY asked_at DESC, id", transaction: transaction).ConfigureAwait(false)];

    /// <summary>Constants of ours as a list in SQL: the two databases take lists as parameters in different ways.</summary>
    public static string In(IEnumerable<string> states) => string.Join(", ", states.Select(state => $"'{state}'"));

    public static async Task<IReadOnlyList<(string Person, string Name, long At)>> ApprovalsAsync(DbConnection connection, DbTransaction? transaction, string rollout) =>
        [.. await connection.QueryAsync<(string Person, string Name, long At)>("SELECT person, name, at FROM rollouts_approvals WHERE rollout = @rollout ORDER BY at, person", new { rollout }, transaction).ConfigureAwait(false)];

    public static async Task<IReadOnlyList<ExposureStep>> StepsAsync(DbConnection connection, DbTransaction? transaction, string rollout) =>
        [.. (await connection.QueryAsync<(long Minute, string Exposure)>("SELECT minute, exposure FROM rollouts_steps WHERE rollout = @rollout ORDER BY number", new { rollout }, transaction).ConfigureAwait(false))
            .Select(row => new ExposureStep(row.Minute, JsonSerializer.Deserialize<double[]>(row.Exposure)!))];

    public static RolloutSeen Seen(Rollout rollout, IReadOnlyList<ExposureStep> steps) => new()
    {
        Release = rollout.Release,
        Salt = Convert.FromHexString(rollout.Salt),
        StartedAt = rollout.BeganAt,
        Cells = rollout.CellNames,
        Steps = steps,
    };
}
