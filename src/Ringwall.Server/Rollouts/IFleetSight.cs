using System.Data.Common;
using Ringwall.Server.Health;

namespace Ringwall.Server.Rollouts;

/// <summary>What a driver asks the fleet. The server asks <c>FleetView</c>; tests that need a fleet of their own making give theirs.</summary>
public interface IFleetSight
{
    /// <summary>The cells that devices are in, or were.</summary>
    public IReadOnlyList<string> Cells { get; }

    /// <summary>The minute of a rollout that a moment lies in.</summary>
    public long MinuteOf(long unixMilliseconds);

    /// <summary>Has a release watched from now on, in the transaction that begins its rollout.</summary>
    /// <returns>When that began, Unix milliseconds.</returns>
    public Task<long> RegisterAsync(DbConnection connection, DbTransaction transaction, string release, int soakMinutes);

    /// <summary>Reads what is new, and closes all minutes before now.</summary>
    /// <returns>The last minute that is complete.</returns>
    public Task<long> CatchUpAsync(CancellationToken stop);

    /// <summary>What the fleet showed after one minute, up to another.</summary>
    public Task<FleetEvidence> EvidenceAsync(RolloutSeen rollout, long after, long minute, CancellationToken stop);

    /// <summary>Positions of a stratum's devices in the order of a release.</summary>
    public Task<double[]> SortedPositionsAsync(RolloutSeen rollout, int stratum, CancellationToken stop);

    /// <summary>The rollout is over.</summary>
    public void Forget(string release);
}
