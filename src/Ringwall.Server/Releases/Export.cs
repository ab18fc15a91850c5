using Dapper;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Releases;

/// <summary>
/// Writes everything that devices fetch into a folder, as any static host, CDN or object store serves it: vendors/, director/, packages/. It can be repeated: what is there is not written again, and
/// whoever fetches meanwhile finds the publication before or this one, because timestamps come last.
/// </summary>
public sealed class Export(Database database, Packages packages)
{
    /// <returns>How many files were written.</returns>
    public async Task<int> WriteAsync(string folder, CancellationToken stop)
    {
        int written = 0;
        IEnumerable<PublishedRelease> releases = await new PublishedReleases(database).ListAsync(null, stop).ConfigureAwait(false);
        foreach (PublishedRelease release in releases)
        {
            string path = Path.Combine(folder, "packages", release.Vendor, release.Sensor, $"{release.Sha256}.{release.Path[(release.Path.LastIndexOf('/') + 1)..]}");
            if (File.Exists(path) || await packages.OpenAsync(release.Sha256, stop).ConfigureAwait(false) is not { } package)
            {
                continue;
            }

            await using (package.ConfigureAwait(false))
            {
                await WriteAsync(path, to => package.CopyToAsync(to, stop), stop).ConfigureAwait(false);
                written++;
            }
        }

        // One reading of the table, so that all files are of one publication; the few that change last.
        (string Repository, string Name, byte[] Content)[] files = [.. await database.ReadAsync(
            connection => connection.QueryAsync<(string Repository, string Name, byte[] Content)>("SELECT repository, name, content FROM releases_files"), stop).ConfigureAwait(false)];
        foreach ((string repository, string name, byte[] content) in files.OrderBy(file => file.Name == RepositoryFiles.Changing))
        {
            string path = Path.Combine(folder, repository, name);
            if (!File.Exists(path) || (name == RepositoryFiles.Changing && !(await File.ReadAllBytesAsync(path, stop).ConfigureAwait(false)).AsSpan().SequenceEqual(content)))
            {
                await WriteAsync(path, to => to.WriteAsync(content, stop).AsTask(), stop).ConfigureAwait(false);
                written++;
            }
        }

        return written;
    }

    private static async Task WriteAsync(string path, Func<Stream, Task> write, CancellationToken stop)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string beside = $"{path}.new";
        FileStream to = new(beside, FileMode.Create, FileAccess.Write);
        await using (to.ConfigureAwait(false))
        {
            await write(to).ConfigureAwait(false);
            await to.FlushAsync(stop).ConfigureAwait(false);
        }

        File.Move(beside, path, overwrite: true);
    }
}
