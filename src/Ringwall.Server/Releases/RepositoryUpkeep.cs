using System.Data.Common;
using Ringwall.Server.Running;

namespace Ringwall.Server.Releases;

/// <summary>
/// Keeps what is served fresh: looks for publications of other replicas, and has timestamps signed anew long before they expire. Every replica does it; the repository's row lets one publish.
/// </summary>
internal sealed partial class RepositoryUpkeep(Repositories repositories, RepositoryShelf shelf, Packages packages, TimeProvider clock, ILogger<RepositoryUpkeep> log) : BackgroundService
{
    /// <summary>So long at most another replica serves the timestamp before.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Freshen = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Look, clock);
        DateTimeOffset next = DateTimeOffset.MinValue;
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            await TryAsync("what others published", () => shelf.RenewAsync(stoppingToken)).ConfigureAwait(false);
            if (clock.GetUtcNow() < next)
            {
                continue;
            }

            next = clock.GetUtcNow() + Freshen;
            foreach (string repository in Repository.All)
            {
                await TryAsync(repository, () => repositories.RefreshAsync(repository, stoppingToken)).ConfigureAwait(false);
            }

            await TryAsync("packages", () => packages.TidyAsync(stoppingToken)).ConfigureAwait(false);
        }
    }

    // One by one: what is wrong with one repository must not let the other's timestamp expire.
    private async Task TryAsync(string what, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is DbException or RequestRefused or Trust.UpdateRejectedException or TimeoutException or IOException or UnauthorizedAccessException)
        {
            // The database is away for a moment, or a root or a key is not what it should be: the next look may do better, and timestamps have half a day.
            Failed(what, failed.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What}: not kept up: {Reason}")]
    private partial void Failed(string what, string reason);
}
