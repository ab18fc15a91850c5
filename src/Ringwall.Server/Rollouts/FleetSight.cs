using System.Data.Common;
using Ringwall.Server.Health;

namespace Ringwall.Server.Rollouts;

/// <summary>The fleet as this replica's columns have it.</summary>
internal sealed class FleetSight(FleetView view) : IFleetSight
{
    public IReadOnlyList<string> Cells => view.Cells;

    public long MinuteOf(long unixMilliseconds) => view.MinuteOf(unixMilliseconds);

    public Task<long> RegisterAsync(DbConnection connection, DbTransaction transaction, string release, int soakMinutes) => view.RegisterAsync(connection, transaction, release, soakMinutes);

    public Task<long> CatchUpAsync(CancellationToken stop) => view.CatchUpAsync(stop);

    public Task<FleetEvidence> EvidenceAsync(RolloutSeen rollout, long after, long minute, CancellationToken stop) => view.EvidenceAsync(rollout, after, minute, stop);

    public Task<double[]> SortedPositionsAsync(RolloutSeen rollout, int stratum, CancellationToken stop) => view.SortedPositionsAsync(rollout, stratum, stop);

    public void Forget(string release) => view.Forget(release);
}
