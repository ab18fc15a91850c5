using Ringwall.Rollouts;
using Ringwall.Server.Access;
using Ringwall.Server.Health;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Rollouts;

/// <summary>How a rollout's exposure grew, ring by ring: for the curve on its page.</summary>
public sealed class ExposureHistory(Database database, ServerOptions options)
{
    /// <summary>The oldest first; empty when there is no such rollout that this person may see, or it let nobody in yet.</summary>
    public Task<IReadOnlyList<RingExposure>> OfAsync(string id, Person person, CancellationToken stop) => database.ReadAsync<IReadOnlyList<RingExposure>>(
        async connection =>
        {
            if (await RolloutTables.FindAsync(connection, null, id).ConfigureAwait(false) is not { Counts: { } counts } rollout || !person.MaySee(rollout.Vendor))
            {
                return [];
            }

            IReadOnlyList<ExposureStep> steps = await RolloutTables.StepsAsync(connection, null, id).ConfigureAwait(false);
            return [.. steps.Select(step => new RingExposure(
                DateTimeOffset.FromUnixTimeMilliseconds(step.Minute * (long)options.Pace.TotalMilliseconds), [.. Enumerable.Range(0, FleetCounts.Rings).Select(ring => ShareOf(ring, step, counts))]))];
        },
        stop);

    private static double ShareOf(int ring, ExposureStep step, StrataCounts counts)
    {
        int cells = counts.Enrolled.Length / FleetCounts.Rings;
        double let = 0;
        int enrolled = 0;
        for (int s = ring * cells; s < (ring + 1) * cells; s++)
        {
            let += step.Exposure[s] * counts.Enrolled[s];
            enrolled += counts.Enrolled[s];
        }

        return enrolled == 0 ? 0 : let / enrolled;
    }
}
