using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Extensions.Caching.Memory;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
using Ringwall.Wire.Api;
using Ringwall.Wire.Packages;

namespace Ringwall.Server.Releases;

/// <summary>
/// Packages, in the database in chunks, so that any replica serves them. The server looks at digest and length only: no vendor's byte is parsed here. A package never changes; one that is sent again is
/// the same one.
/// </summary>
public sealed class Packages(Database database, TimeProvider clock) : IDisposable
{
    internal const int ChunkBytes = 512 * 1024;

    private const long MostCached = 64L * 1024 * 1024;
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    // A release goes to many devices at about the same time.
    private readonly MemoryCache _chunks = new(new MemoryCacheOptions { SizeLimit = MostCached });

    /// <summary>Takes a package from a vendor. It is there, whole and durable, when this returns.</summary>
    /// <exception cref="RequestRefused">It is empty, or longer than a package may be. Nothing is kept.</exception>
    public async Task<PackageReceipt> TakeAsync(Stream from, string vendor, CancellationToken stop)
    {
        string place = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await database.WriteAsync((connection, transaction) => connection.ExecuteAsync("INSERT INTO releases_uploads (place, at) VALUES (@place, @now)", new { place, now }, transaction), stop).ConfigureAwait(false);
        try
        {
            (string sha256, long bytes) = await StoreAsync(from, place, stop).ConfigureAwait(false);
            return await database.WriteAsync((connection, transaction) => FinishAsync(connection, transaction, place, vendor, sha256, bytes, now), stop).ConfigureAwait(false);
        }
        catch
        {
            await database.WriteAsync((connection, transaction) => RemoveAsync(connection, transaction, place), CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A package that this vendor has sent; null when it has not, whoever else may have.</summary>
    public Task<PackageReceipt?> FindAsync(string sha256, string vendor, CancellationToken stop) => database.ReadAsync(
        async connection => await connection.QuerySingleOrDefaultAsync<long?>(
            "SELECT p.bytes FROM releases_packages p JOIN releases_senders s ON s.sha256 = p.sha256 WHERE p.sha256 = @sha256 AND s.vendor = @vendor", new { sha256, vendor }).ConfigureAwait(false) is { } bytes
            ? new PackageReceipt(sha256, bytes, Known: true)
            : null,
        stop);

    /// <summary>A package's bytes, seekable; null when there is none.</summary>
    internal async Task<Stream?> OpenAsync(string sha256, CancellationToken stop) => await database.ReadAsync(
        connection => connection.QuerySingleOrDefaultAsync<Row>("SELECT place, bytes FROM releases_packages WHERE sha256 = @sha256", new { sha256 }), stop).ConfigureAwait(false) is { } row
        ? new PackageStream(this, row.Place, row.Bytes)
        : null;

    internal async Task<byte[]> ChunkAsync(string place, long number, CancellationToken stop)
    {
        if (_chunks.TryGetValue((place, number), out byte[]? chunk))
        {
            return chunk!;
        }

        byte[] content = await database.ReadAsync(
            connection => connection.QuerySingleAsync<byte[]>("SELECT content FROM releases_chunks WHERE place = @place AND number = @number", new { place, number }), stop).ConfigureAwait(false);
        _chunks.Set((place, number), content, new MemoryCacheEntryOptions { Size = content.Length });
        return content;
    }

    /// <summary>Uploads whose end never came: the vendor's line broke, or a replica was killed.</summary>
    internal async Task RemoveAbandonedAsync(CancellationToken stop)
    {
        long before = (clock.GetUtcNow() - Abandoned).ToUnixTimeMilliseconds();
        string[] places = [.. await database.ReadAsync(connection => connection.QueryAsync<string>("SELECT place FROM releases_uploads WHERE at < @before", new { before }), stop).ConfigureAwait(false)];
        foreach (string place in places)
        {
            await database.WriteAsync((connection, transaction) => RemoveAsync(connection, transaction, place), stop).ConfigureAwait(false);
        }
    }

    public void Dispose() => _chunks.Dispose();

    // Each chunk in its own transaction: a gigabyte must not keep other writers of SQLite waiting.
    private async Task<(string Sha256, long Bytes)> StoreAsync(Stream from, string place, CancellationToken stop)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long bytes = 0;
        byte[] buffer = new byte[ChunkBytes];
        for (long number = 0; ; number++)
        {
            int read = await from.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stop).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            bytes += read;
            if (bytes > PackageLimits.PackageBytes)
            {
                throw new RequestRefused(ProblemType.TooLarge, $"a package has {PackageLimits.PackageBytes:N0} bytes at most");
            }

            hash.AppendData(buffer, 0, read);
            byte[] content = buffer[..read];
            await database.WriteAsync(
                (connection, transaction) => connection.ExecuteAsync("INSERT INTO releases_chunks (place, number, content) VALUES (@place, @number, @content)", new { place, number, content }, transaction), stop).ConfigureAwait(false);
            if (read < buffer.Length)
            {
                break;
            }
        }

        return bytes > 0 ? (Convert.ToHexStringLower(hash.GetHashAndReset()), bytes) : throw new RequestRefused(ProblemType.BadRequest, "a package of no bytes is none");
    }

    private static async Task<PackageReceipt> FinishAsync(DbConnection connection, DbTransaction transaction, string place, string vendor, string sha256, long bytes, long now)
    {
        int added = await connection.ExecuteAsync(
            "INSERT INTO releases_packages (sha256, place, bytes, at) VALUES (@sha256, @place, @bytes, @now) ON CONFLICT (sha256) DO NOTHING", new { sha256, place, bytes, now }, transaction).ConfigureAwait(false);
        await connection.ExecuteAsync("INSERT INTO releases_senders (sha256, vendor) VALUES (@sha256, @vendor) ON CONFLICT (sha256, vendor) DO NOTHING", new { sha256, vendor }, transaction).ConfigureAwait(false);
        if (added == 0)
        {
            await connection.ExecuteAsync("DELETE FROM releases_chunks WHERE place = @place", new { place }, transaction).ConfigureAwait(false);
        }

        await connection.ExecuteAsync("DELETE FROM releases_uploads WHERE place = @place", new { place }, transaction).ConfigureAwait(false);
        return new PackageReceipt(sha256, bytes, Known: added == 0);
    }

    private static async Task RemoveAsync(DbConnection connection, DbTransaction transaction, string place)
    {
        // Whoever was only told late that it had ended must not lose it.
        int begun = await connection.ExecuteAsync("DELETE FROM releases_uploads WHERE place = @place", new { place }, transaction).ConfigureAwait(false);
        if (begun > 0)
        {
            await connection.ExecuteAsync("DELETE FROM releases_chunks WHERE place = @place", new { place }, transaction).ConfigureAwait(false);
        }
    }

    private sealed class Row
    {
        public string Place { get; init; } = "";

        public long Bytes { get; init; }
    }
}
