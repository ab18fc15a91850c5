using System.Data.Common;

namespace Ringwall.Server.Releases;

/// <summary>Who wants to act in the transaction in which a vendor publishes: rollouts that begin by themselves.</summary>
public interface IPublicationWatch
{
    /// <param name="connection">The transaction's connection.</param>
    /// <param name="transaction">The transaction: what is thrown undoes the publication.</param>
    /// <param name="release">What was published; never a way back.</param>
    /// <returns>The id of the rollout that begins; null when none does.</returns>
    public Task<string?> PublishedAsync(DbConnection connection, DbTransaction transaction, PublishedRelease release);
}
