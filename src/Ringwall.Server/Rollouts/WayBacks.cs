using System.Data.Common;
using Dapper;
using Ringwall.Server.Releases;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Rollouts;

/// <summary>
/// Which way back a halt may offer. It goes to everybody at once and without rings, so it brings only what went through all of them before: the bytes of an earlier release whose rollout was completed, and
/// that no halt has named. What a vendor's keys have signed is not enough, because whoever steals them signs a way back, too.
/// </summary>
internal static class WayBacks
{
    /// <summary>The one that a halted rollout offers; null when none may be, and devices stay at what they fell back to.</summary>
    public static async Task<PublishedRelease?> OfferedAsync(DbConnection connection, DbTransaction transaction, Rollout halted)
    {
        foreach (PublishedRelease back in await PublishedReleases.WaysBackAsync(connection, transaction, halted.Release).ConfigureAwait(false))
        {
            if (await IsProvenAsync(connection, transaction, back, halted.Number).ConfigureAwait(false) && await HaltedAsync(connection, transaction, back).ConfigureAwait(false) is null)
            {
                return back;
            }
        }

        return null;
    }

    /// <summary>The halted release with the same bytes, whosever it is; null when there is none.</summary>
    public static async Task<string?> HaltedAsync(DbConnection connection, DbTransaction transaction, PublishedRelease back)
    {
        foreach (PublishedRelease same in await PublishedReleases.WithBytesAsync(connection, transaction, back.Sha256).ConfigureAwait(false))
        {
            if (await connection.QuerySingleAsync<long>(
                "SELECT COUNT(*) FROM rollouts_rollouts WHERE release = @Path AND state = @Halted", new { same.Path, RolloutStates.Halted }, transaction).ConfigureAwait(false) > 0)
            {
                return same.Path;
            }
        }

        return null;
    }

    private static async Task<bool> IsProvenAsync(DbConnection connection, DbTransaction transaction, PublishedRelease back, long before)
    {
        foreach (PublishedRelease same in await PublishedReleases.WithBytesAsync(connection, transaction, back.Sha256).ConfigureAwait(false))
        {
            if (same.WayBackFrom is null && same.Vendor == back.Vendor && same.Sensor == back.Sensor && same.Stream == back.Stream && same.Number < before && same.Bytes == back.Bytes
                && await connection.QuerySingleAsync<long>("SELECT COUNT(*) FROM rollouts_rollouts WHERE release = @Path AND completed_at > 0", new { same.Path }, transaction).ConfigureAwait(false) > 0)
            {
                return true;
            }
        }

        return false;
    }
}
