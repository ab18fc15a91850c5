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

    private const string NobodyPublished = "NOT EXISTS (SELECT 1 FROM releases_releases r WHERE r.sha256 = p.sha256)";

    private const long MostCached = 64L * 1024 * 1024;

    /// <summary>What a vendor has sent and not published is bounded: two of the largest packages.</summary>
    private const long MostUnpublished = 2 * PackageLimits.PackageBytes;

    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);
    private static readonly TimeSpan Unpublished = TimeSpan.FromDays(7);

    // A release goes to many devices at about the same time.
    private readonly MemoryCache _chunks = new(new MemoryCacheOptions { SizeLimit = MostCached });

    /// <summary>Takes a package from a vendor. It is there, whole and durable, when this returns.</summary>
    /// <exception cref="RequestRefused">It is empty, longer than a package may be, more than the vendor may have lying unpublished, or rested for a day on its way. Nothing is kept.</exception>
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

    /// <summary>Removes uploads whose end never came, because the vendor's line broke or a replica was killed, and packages that nobody published within a week.</summary>
    internal async Task TidyAsync(CancellationToken stop)
    {
        await RemoveAbandonedAsync(stop).ConfigureAwait(false);
        long before = (clock.GetUtcNow() - Unpublished).ToUnixTimeMilliseconds();
        Row[] old = [.. await database.ReadAsync(connection => connection.QueryAsync<Row>($"SELECT sha256, place, bytes FROM releases_packages p WHERE at < @before AND {NobodyPublished}", new { before }), stop).ConfigureAwait(false)];
        foreach (Row row in old)
        {
            await database.WriteAsync((connection, transaction) => ForgetAsync(connection, transaction, row, before), stop).ConfigureAwait(false);
        }
    }

    private async Task RemoveAbandonedAsync(CancellationToken stop)
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
                async (connection, transaction) =>
                {
                    // As long as something comes it is not abandoned; what was removed as such gets no chunks that nobody would ever remove.
                    long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                    Require(await connection.ExecuteAsync("UPDATE releases_uploads SET at = @now WHERE place = @place", new { place, now }, transaction).ConfigureAwait(false));
                    return await connection.ExecuteAsync("INSERT INTO releases_chunks (place, number, content) VALUES (@place, @number, @content)", new { place, number, content }, transaction).ConfigureAwait(false);
                },
                stop).ConfigureAwait(false);
            if (read < buffer.Length)
            {
                break;
            }
        }

        return bytes > 0 ? (Convert.ToHexStringLower(hash.GetHashAndReset()), bytes) : throw new RequestRefused(ProblemType.BadRequest, "a package of no bytes is none");
    }

    private static async Task<PackageReceipt> FinishAsync(DbConnection connection, DbTransaction transaction, string place, string vendor, string sha256, long bytes, long now)
    {
        // Without this row its chunks are gone, and a package that is listed without them would be there for ever: who sends it again is told that it is known.
        Require(await connection.ExecuteAsync("DELETE FROM releases_uploads WHERE place = @place", new { place }, transaction).ConfigureAwait(false));
        int added = await connection.ExecuteAsync(
            "INSERT INTO releases_packages (sha256, place, bytes, at) VALUES (@sha256, @place, @bytes, @now) ON CONFLICT (sha256) DO NOTHING", new { sha256, place, bytes, now }, transaction).ConfigureAwait(false);
        await connection.ExecuteAsync("INSERT INTO releases_senders (sha256, vendor) VALUES (@sha256, @vendor) ON CONFLICT (sha256, vendor) DO NOTHING", new { sha256, vendor }, transaction).ConfigureAwait(false);
        if (added == 0)
        {
            await connection.ExecuteAsync("DELETE FROM releases_chunks WHERE place = @place", new { place }, transaction).ConfigureAwait(false);

            // It counts as sent now: its week begins anew.
            Require(await connection.ExecuteAsync("UPDATE releases_packages SET at = @now WHERE sha256 = @sha256", new { sha256, now }, transaction).ConfigureAwait(false));
        }

        long lying = await connection.QuerySingleAsync<long>(
            $"SELECT CAST(COALESCE(SUM(p.bytes), 0) AS BIGINT) FROM releases_packages p JOIN releases_senders s ON s.sha256 = p.sha256 WHERE s.vendor = @vendor AND {NobodyPublished}", new { vendor }, transaction).ConfigureAwait(false);
        if (lying > MostUnpublished)
        {
            throw new RequestRefused(ProblemType.TooLarge, $"{vendor} has sent {lying:N0} bytes that it has not published, and {MostUnpublished:N0} may lie here: publish, or wait a week");
        }

        return new PackageReceipt(sha256, bytes, Known: added == 0);
    }

    // Whoever publishes takes the repository's row first: what is about to be listed is not taken away under it.
    private static async Task ForgetAsync(DbConnection connection, DbTransaction transaction, Row row, long before)
    {
        await connection.ExecuteAsync("UPDATE releases_repositories SET at = at WHERE name = @Vendors", new { Repository.Vendors }, transaction).ConfigureAwait(false);
        if (await connection.ExecuteAsync(
            $"DELETE FROM releases_packages AS p WHERE p.sha256 = @Sha256 AND p.at < @before AND {NobodyPublished}", new { row.Sha256, before }, transaction).ConfigureAwait(false) == 1)
        {
            await connection.ExecuteAsync("DELETE FROM releases_senders WHERE sha256 = @Sha256", row, transaction).ConfigureAwait(false);
            await connection.ExecuteAsync("DELETE FROM releases_chunks WHERE place = @Place", row, transaction).ConfigureAwait(false);
        }
    }

    private static void Require(int rows)
    {
        if (rows != 1)
        {
            throw new RequestRefused(ProblemType.Conflict, "nothing came of this upload for a day, and it was removed: send it again");
        }
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
        public string Sha256 { get; init; } = "";

        public string Place { get; init; } = "";

        public long Bytes { get; init; }
    }
}
