using Dapper;
using Ringwall.Server.Enrolment;
using Ringwall.Server.Storage;
using Ringwall.Trust;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Releases;

/// <summary>Where a device's trust begins: the first root of both repositories.</summary>
internal sealed class FirstRoots(Database database) : IRootFiles
{
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
