using System.Collections.Concurrent;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Extensions.Primitives;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Releases;

/// <summary>
/// The signed files as they are served: in memory, ready to be written. Other replicas publish too, so the names are read anew when the number of a publication has grown; what has a version in its
/// name never changes and is kept.
/// </summary>
// Owns: one immutable shelf for each repository, swapped whole. Threads: any may look; one at a time renews.
public sealed class RepositoryShelf(Database database, Repositories repositories) : IDisposable
{
    /// <summary>Old versions are asked for by few. Beyond so many bytes they are read from the database each time.</summary>
    private const long MostKept = 64 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, Shelf> _shelves = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _renewing = new(1, 1);

    /// <summary>A file as it is answered.</summary>
    /// <param name="Content">Its bytes.</param>
    /// <param name="ETag">Quoted.</param>
    /// <param name="CacheControl">For ever, or ask each time.</param>
    internal sealed record Served(byte[] Content, StringValues ETag, StringValues CacheControl);

    /// <summary>Null when there is no such file: that is known without asking the database, because devices ask for the root after the latest every time.</summary>
    internal ValueTask<Served?> FindAsync(string repository, string name, CancellationToken stop)
    {
        if (!_shelves.TryGetValue(repository, out Shelf? shelf))
        {
            return FindFirstAsync(repository, name, stop);
        }

        if (!shelf.Files.TryGetValue(name, out Served? served))
        {
            return ValueTask.FromResult<Served?>(null);
        }

        return served is not null ? ValueTask.FromResult<Served?>(served) : LoadAsync(shelf, repository, name, stop);
    }

    /// <summary>Looks whether something was published, here or by another replica.</summary>
    public async Task RenewAsync(CancellationToken stop)
    {
        await _renewing.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            foreach ((string repository, long number) in await repositories.PublicationsAsync(stop).ConfigureAwait(false))
            {
                if (!_shelves.TryGetValue(repository, out Shelf? had) || had.Number != number)
                {
                    _shelves[repository] = await ReadAsync(repository, number, had, stop).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _renewing.Release();
        }
    }

    public void Dispose() => _renewing.Dispose();

    private async ValueTask<Served?> FindFirstAsync(string repository, string name, CancellationToken stop)
    {
        await RenewAsync(stop).ConfigureAwait(false);
        return _shelves.ContainsKey(repository) ? await FindAsync(repository, name, stop).ConfigureAwait(false) : null;
    }

    private async ValueTask<Served?> LoadAsync(Shelf shelf, string repository, string name, CancellationToken stop)
    {
        byte[]? content = await database.ReadAsync(
            connection => connection.QuerySingleOrDefaultAsync<byte[]?>("SELECT content FROM releases_files WHERE repository = @repository AND name = @name", new { repository, name }), stop).ConfigureAwait(false);
        if (content is null)
        {
            return null;
        }

        Served served = Ready(name, content);
        if (Interlocked.Add(ref shelf.Kept, content.Length) <= MostKept)
        {
            shelf.Files[name] = served;
        }

        return served;
    }

    // Names and the one file that changes come from one statement: no name is there whose publication is not.
    private async Task<Shelf> ReadAsync(string repository, long number, Shelf? had, CancellationToken stop)
    {
        IEnumerable<(string Name, byte[]? Content)> rows = await database.ReadAsync(
            connection => connection.QueryAsync<(string Name, byte[]? Content)>(
                "SELECT name, CASE WHEN name = @Changing THEN content END FROM releases_files WHERE repository = @repository", new { repository, RepositoryFiles.Changing }),
            stop).ConfigureAwait(false);
        Shelf shelf = new(number);
        foreach ((string name, byte[]? content) in rows)
        {
            Served? served = content is not null ? Ready(name, content) : had?.Files.GetValueOrDefault(name);
            shelf.Files[name] = served;
            shelf.Kept += served?.Content.Length ?? 0;
        }

        return shelf;
    }

    private static Served Ready(string name, byte[] content) => new(
        content,
        $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"",
        name == RepositoryFiles.Changing ? "no-cache" : "public, max-age=31536000, immutable");

    private sealed class Shelf(long number)
    {
        public long Kept;

        public long Number { get; } = number;

        /// <summary>By name; null is a file that nobody has asked for yet.</summary>
        public ConcurrentDictionary<string, Served?> Files { get; } = new(StringComparer.Ordinal);
    }
}
