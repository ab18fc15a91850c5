using System.Data.Common;
using Dapper;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Releases;

/// <summary>What vendors have published, for other modules and for pages.</summary>
public sealed class PublishedReleases(Database database)
{
    private const string Columns = "path, vendor, sensor, stream, number, version, schema_hash, sha256, bytes, at, who, way_back_from";

    /// <summary>Newest first.</summary>
    /// <param name="vendor">Its releases alone; null for all.</param>
    /// <param name="stop">Ends the wait.</param>
    public Task<IReadOnlyList<PublishedRelease>> ListAsync(string? vendor, CancellationToken stop) => database.ReadAsync<IReadOnlyList<PublishedRelease>>(
        async connection => [.. await connection.QueryAsync<PublishedRelease>(
            $"SELECT {Columns} FROM releases_releases WHERE @vendor IS NULL OR vendor = @vendor ORDER BY at DESC, number DESC, path", new { vendor }).ConfigureAwait(false)],
        stop);

    public Task<PublishedRelease?> FindAsync(string path, CancellationToken stop) => database.ReadAsync(connection => FindAsync(connection, null, path), stop);

    internal static Task<PublishedRelease?> FindAsync(DbConnection connection, DbTransaction? transaction, string path) =>
        connection.QuerySingleOrDefaultAsync<PublishedRelease>($"SELECT {Columns} FROM releases_releases WHERE path = @path", new { path }, transaction);

    /// <summary>The release that leads back from this one; null when its vendor gave none.</summary>
    internal static Task<PublishedRelease?> WayBackAsync(DbConnection connection, DbTransaction? transaction, string path) =>
        connection.QueryFirstOrDefaultAsync<PublishedRelease>($"SELECT {Columns} FROM releases_releases WHERE way_back_from = @path ORDER BY number", new { path }, transaction);

    /// <summary>All that lead back from it, lowest number first.</summary>
    internal static async Task<IReadOnlyList<PublishedRelease>> WaysBackAsync(DbConnection connection, DbTransaction? transaction, string path) =>
        [.. await connection.QueryAsync<PublishedRelease>($"SELECT {Columns} FROM releases_releases WHERE way_back_from = @path ORDER BY number", new { path }, transaction).ConfigureAwait(false)];

    /// <summary>All that have these bytes, of whatever vendor.</summary>
    internal static async Task<IReadOnlyList<PublishedRelease>> WithBytesAsync(DbConnection connection, DbTransaction? transaction, string sha256) =>
        [.. await connection.QueryAsync<PublishedRelease>($"SELECT {Columns} FROM releases_releases WHERE sha256 = @sha256 ORDER BY path", new { sha256 }, transaction).ConfigureAwait(false)];

    /// <summary>The highest number of a stream that anybody has seen.</summary>
    internal static Task<long> HighestAsync(DbConnection connection, DbTransaction? transaction, string vendor, string sensor, string stream) => connection.QuerySingleAsync<long>(
        "SELECT COALESCE(MAX(number), 0) FROM releases_releases WHERE vendor = @vendor AND sensor = @sensor AND stream = @stream", new { vendor, sensor, stream }, transaction);
}
