using Dapper;
using Ringwall.Server.Enrolment;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
using Ringwall.Trust;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Releases;

/// <summary>Where a device's trust begins, the first root of both repositories, and what their keys say of where it stands.</summary>
internal sealed class FirstRoots(Database database, Repositories repositories, OnlineKeyRing keys) : IRootFiles
{
    public async Task<byte[]?> SignPlaceAsync(PlaceOrder place, CancellationToken stop)
    {
        try
        {
            return await repositories.RoleAsync(Repository.Director, RoleName.Root, stop).ConfigureAwait(false) is { } root
                ? FileSigning.Sign(place.Describe(), keys.Signers(RootMetadata.ReadTrusted(root), RoleName.Targets))
                : null;
        }
        catch (RequestRefused missing) when (missing.Type == ProblemType.OnlineKeysMissing)
        {
            // A device without a session would be worse off than one in its former ring.
            return null;
        }
    }

    public async Task<TrustedRoots?> FirstRootsAsync(CancellationToken stop)
    {
        Dictionary<string, byte[]> roots = await database.ReadAsync(
            async connection => (await connection.QueryAsync<(string Repository, byte[] Content)>(
                "SELECT repository, content FROM releases_files WHERE name = @first", new { first = RoleName.FileName(RoleName.Root, 1) }).ConfigureAwait(false)).ToDictionary(row => row.Repository, row => row.Content),
            stop).ConfigureAwait(false);
        return roots.TryGetValue(Repository.Vendors, out byte[]? vendors) && roots.TryGetValue(Repository.Director, out byte[]? director)
            ? new TrustedRoots(Convert.ToBase64String(vendors), Convert.ToBase64String(director))
            : null;
    }
}
