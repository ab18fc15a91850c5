using Ringwall.Server.Dashboard.Models;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Dashboard.Reading;

/// <summary>What the pages ask of rollouts, releases and vendors.</summary>
internal sealed class RolloutSource
{
    public Task<IReadOnlyList<RolloutLine>> RolloutsAsync(CancellationToken stop) => Task.FromResult<IReadOnlyList<RolloutLine>>([]);

    public Task<RolloutReply?> RolloutAsync(string id, CancellationToken stop) => Task.FromResult<RolloutReply?>(null);

    public Task<IReadOnlyList<DecisionLine>> DecisionsAsync(string id, CancellationToken stop) => Task.FromResult<IReadOnlyList<DecisionLine>>([]);

    public Task<IReadOnlyList<RolloutDetail.Moment>> MomentsAsync(RolloutReply reply, CancellationToken stop) => Task.FromResult<IReadOnlyList<RolloutDetail.Moment>>([]);

    public Task<IReadOnlyList<ReleaseLine>> ReleasesAsync(CancellationToken stop) => Task.FromResult<IReadOnlyList<ReleaseLine>>([]);

    public Task<IReadOnlyList<VendorLine>> VendorsAsync(CancellationToken stop) => Task.FromResult<IReadOnlyList<VendorLine>>([]);
}
