using Dapper;
using Ringwall.Server.Releases;
using Ringwall.Server.Storage;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Rollouts;

/// <summary>Sees what changed, whichever replica changed it, and tells the pages of this one.</summary>
// Threads: the driver's loop only.
internal sealed class RolloutWatch(Database database, ChangeFeed feed, RepositoryShelf shelf)
{
    private readonly Dictionary<string, long> _seen = [];
    private long _releases = -1;

    public async Task LookAsync(CancellationToken stop)
    {
        (IEnumerable<(string Id, long Revision)> rollouts, long releases) = await database.ReadAsync(
            async connection => (
                await connection.QueryAsync<(string Id, long Revision)>("SELECT id, revision FROM rollouts_rollouts").ConfigureAwait(false),
                await Repositories.NumberAsync(connection, Repository.Vendors).ConfigureAwait(false)),
            stop).ConfigureAwait(false);
        foreach ((string id, long revision) in rollouts)
        {
            if (_seen.GetValueOrDefault(id) != revision)
            {
                _seen[id] = revision;
                feed.Tell(new FleetChange("rollout", id));
            }
        }

        if (_releases != releases)
        {
            _releases = releases;
            feed.Tell(new FleetChange("release", ""));
        }
    }

    /// <summary>The director repository says something new: this replica serves it at once.</summary>
    public Task PublishedAsync(CancellationToken stop) => shelf.RenewAsync(stop);
}
