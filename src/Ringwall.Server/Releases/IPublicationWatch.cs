using System.Data.Common;

namespace Ringwall.Server.Releases;

/// <summary>Who wants to act in the transaction in which a vendor publishes: rollouts that begin by themselves.</summary>
public interface IPublicationWatch
{
    /// <param name="connection">The transaction's connection.</param>
    /// <param name="transaction">The transaction: what is thrown undoes the publication.</param>
    /// <param name="release">What was published; a way back, too.</param>
    /// <returns>The id of the rollout that begins; null when none does.</returns>
    /// <exception cref="Running.RequestRefused">It must not be published as things are. Nothing changes.</exception>
    public Task<string?> PublishedAsync(DbConnection connection, DbTransaction transaction, PublishedRelease release);
}
