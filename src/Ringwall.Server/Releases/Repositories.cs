using System.Data.Common;
using Dapper;
using Ringwall.Server.Audit;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
using Ringwall.Trust;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Releases;

/// <summary>
/// The signed files of both repositories, in the database. A publication is one transaction: the files that are offered, signed by others or by the online keys, are gone through as a device would
/// go through them (<see cref="Publisher"/>), and are stored whole or not at all.
/// </summary>
public sealed class Repositories(Database database, OnlineKeyRing keys, AuditLog audit, TimeProvider clock)
{
    /// <summary>Versions that no device should need any more are kept so long: a device that began a refresh ends it, and people can look back.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(2);

    /// <summary>The latest file of a role; null when there is none.</summary>
    public Task<byte[]?> RoleAsync(string repository, string role, CancellationToken stop) => database.ReadAsync(
        connection => connection.QuerySingleOrDefaultAsync<byte[]?>("SELECT content FROM releases_roles WHERE repository = @repository AND role = @role", new { repository, role }), stop);

    /// <summary>Number of the latest publication of each repository. It grows whenever a file has changed.</summary>
    public async Task<IReadOnlyDictionary<string, long>> PublicationsAsync(CancellationToken stop) => await database.ReadAsync(
        async connection => (await connection.QueryAsync<(string Name, long Number)>("SELECT name, publication FROM releases_repositories").ConfigureAwait(false)).ToDictionary(row => row.Name, row => row.Number),
        stop).ConfigureAwait(false);

    public async Task<IReadOnlyList<RepositoryReply>> ListAsync(CancellationToken stop)
    {
        IReadOnlyDictionary<string, long> publications = await PublicationsAsync(stop).ConfigureAwait(false);
        List<RepositoryReply> replies = [];
        foreach (string repository in Repository.All)
        {
            Dictionary<string, byte[]> files = await database.ReadAsync(connection => FilesAsync(connection, null, repository), stop).ConfigureAwait(false);
            replies.Add(new RepositoryReply(repository, publications[repository], [.. files.OrderBy(file => Order(file.Key)).ThenBy(file => file.Key, StringComparer.Ordinal).Select(Line)]));
        }

        return replies;
    }

    /// <summary>A root, the first or the next, signed offline. The first is believed because an operator brings it.</summary>
    /// <exception cref="UpdateRejectedException">Devices would refuse it. Nothing changed.</exception>
    /// <exception cref="RequestRefused">A key that the server needs for it is not here. Nothing changed.</exception>
    public Task<Publication> PublishRootAsync(string repository, byte[] root, string who, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            long number = await TakeAsync(connection, transaction, repository).ConfigureAwait(false);
            Dictionary<string, byte[]> had = await FilesAsync(connection, transaction, repository).ConfigureAwait(false);
            List<PublishedFile> published = [];
            Publisher publisher;
            if (had.Count == 0)
            {
                RootMetadata first = RootMetadata.ReadTrusted(root);
                publisher = Publisher.Open(new Dictionary<string, byte[]> { [RoleName.Root] = root });
                published.Add(new PublishedFile(RoleName.FileName(RoleName.Root, first.Version), root));
            }
            else
            {
                publisher = Publisher.Open(had);
                published.Add(publisher.PublishRoot(root));
            }

            // The director signs its targets by itself, so it has them as soon as it has a root; the vendors' come signed.
            Dictionary<string, byte[]> targets = [];
            if (repository == Repository.Director)
            {
                targets[RoleName.Targets] = SignTargets(publisher, _ => { });
            }

            // A root that takes away the keys of the vendors' file stands alone until the file comes that the new keys have signed: the file cannot come before, and devices keep what they have.
            if (targets.Count > 0 || publisher.HasTargets)
            {
                published.AddRange(publisher.Publish(targets, keys.For(publisher.Root), clock.GetUtcNow()));
            }

            await StoreAsync(connection, transaction, repository, published, publisher.Files).ConfigureAwait(false);
            Publication publication = new(repository, number, [.. published.Select(file => file.Name)]);
            await audit.AppendAsync(connection, transaction, who, "repository.root", repository, new { version = publisher.Root.Version, files = publication.Files }).ConfigureAwait(false);
            return publication;
        },
        stop);

    /// <summary>Which vendor has which keys, signed offline.</summary>
    /// <exception cref="UpdateRejectedException">Devices would refuse it. Nothing changed.</exception>
    /// <exception cref="RequestRefused">There is no root yet. Nothing changed.</exception>
    public Task<Publication> PublishVendorsAsync(byte[] targets, string who, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            foreach (Delegation delegation in TargetsMetadata.ReadDraft(targets).Delegations)
            {
                // What the operator's keys say of a vendor's paths is believed by devices; that a name is its own folder is kept to here.
                if (!ReleasePath.IsName(delegation.Role) || delegation.Patterns is not [{ } only] || only.ToString() != $"{delegation.Role}/*/*" || !delegation.IsTerminating)
                {
                    throw new RequestRefused(ProblemType.BadRequest, $"{delegation.Role} is delegated something else than {delegation.Role}/*/*, terminating");
                }
            }

            Publication publication = await PublishAsync(connection, transaction, Repository.Vendors, new Dictionary<string, byte[]> { [RoleName.Targets] = targets }).ConfigureAwait(false);
            await audit.AppendAsync(connection, transaction, who, "repository.vendors", Repository.Vendors, new { files = publication.Files }).ConfigureAwait(false);
            return publication;
        },
        stop);

    /// <summary>The director's next targets file, drawn up by the caller from the one before and signed here.</summary>
    /// <exception cref="RequestRefused">There is no root yet, or no key. Nothing changed.</exception>
    internal async Task<Publication> PublishDirectorAsync(DbConnection connection, DbTransaction transaction, Action<TargetsDraft> change)
    {
        long number = await TakeAsync(connection, transaction, Repository.Director).ConfigureAwait(false);
        Publisher publisher = await OpenAsync(connection, transaction, Repository.Director).ConfigureAwait(false);
        return await PublishAsync(
            connection, transaction, Repository.Director, number, publisher, new Dictionary<string, byte[]> { [RoleName.Targets] = SignTargets(publisher, change) }).ConfigureAwait(false);
    }

    /// <summary>Signed targets files by role, put beside what is published.</summary>
    /// <param name="require">Looks at the top-level targets file as it is published, and throws where that does not allow it.</param>
    internal async Task<Publication> PublishAsync(
        DbConnection connection, DbTransaction transaction, string repository, IReadOnlyDictionary<string, byte[]> targets, Action<TargetsMetadata?>? require = null)
    {
        long number = await TakeAsync(connection, transaction, repository).ConfigureAwait(false);
        Publisher publisher = await OpenAsync(connection, transaction, repository).ConfigureAwait(false);
        require?.Invoke(publisher.Files.TryGetValue(RoleName.Targets, out byte[]? top) ? TargetsMetadata.ReadDraft(top) : null);
        byte[]? before = targets.Count == 1 ? publisher.Files.GetValueOrDefault(targets.Keys.Single()) : null;
        return (await PublishAsync(connection, transaction, repository, number, publisher, targets).ConfigureAwait(false)) with { Before = before };
    }

    /// <summary>Signs a fresh timestamp (and what else is half through its life) where that is due.</summary>
    /// <returns>Whether it was.</returns>
    internal async Task<bool> RefreshAsync(string repository, CancellationToken stop)
    {
        if (!IsDue(await database.ReadAsync(connection => FilesAsync(connection, null, repository), stop).ConfigureAwait(false), repository))
        {
            return false;
        }

        return await database.WriteAsync(
            async (connection, transaction) =>
            {
                long number = await TakeAsync(connection, transaction, repository).ConfigureAwait(false);
                Publisher publisher = await OpenAsync(connection, transaction, repository).ConfigureAwait(false);

                // Another replica may have done it while this one waited for the row.
                if (!IsDue(publisher.Files, repository))
                {
                    return false;
                }

                Dictionary<string, byte[]> targets = repository == Repository.Director && Expires(publisher.Files[RoleName.Targets]) < clock.GetUtcNow() + (DirectorLife / 2)
                    ? new() { [RoleName.Targets] = SignTargets(publisher, _ => { }) }
                    : [];
                await PublishAsync(connection, transaction, repository, number, publisher, targets).ConfigureAwait(false);
                return true;
            },
            stop).ConfigureAwait(false);
    }

    /// <summary>
    /// Signs anew all that the online keys sign, with versions above all that they ever signed: after the database was restored from an older copy, devices know higher ones than it does, and would refuse
    /// what follows. A version is then the Unix second, which no repository reaches by publishing.
    /// </summary>
    /// <returns>How many files were signed; 0 for a repository that has none yet.</returns>
    /// <exception cref="RequestRefused">A key is not here. Nothing changed.</exception>
    public Task<int> LiftAsync(string repository, string who, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            long number = await TakeAsync(connection, transaction, repository).ConfigureAwait(false);
            Dictionary<string, byte[]> files = await FilesAsync(connection, transaction, repository).ConfigureAwait(false);
            if (!files.ContainsKey(RoleName.Targets))
            {
                return 0;
            }

            Publisher publisher = Publisher.Open(files);
            long atLeast = clock.GetUtcNow().ToUnixTimeSeconds();
            Dictionary<string, byte[]> targets = repository == Repository.Director
                ? new() { [RoleName.Targets] = SignTargets(publisher, draft => draft.Version = Math.Max(draft.Version, atLeast)) }
                : [];
            IReadOnlyList<PublishedFile> published = publisher.Publish(targets, keys.For(publisher.Root), clock.GetUtcNow(), atLeast);
            await StoreAsync(connection, transaction, repository, published, publisher.Files).ConfigureAwait(false);
            await audit.AppendAsync(connection, transaction, who, "repository.lifted", repository, new { publication = number, files = published.Select(file => file.Name) }).ConfigureAwait(false);
            return published.Count;
        },
        stop);

    /// <summary>Number of a repository's latest publication.</summary>
    internal static Task<long> NumberAsync(DbConnection connection, string repository) =>
        connection.QuerySingleAsync<long>("SELECT publication FROM releases_repositories WHERE name = @repository", new { repository });

    /// <summary>The vendors' targets file, as far as it is published: which vendor has which keys.</summary>
    internal static async Task<(TargetsMetadata? Targets, Dictionary<string, byte[]> Files)> VendorsAsync(DbConnection connection, DbTransaction? transaction)
    {
        Dictionary<string, byte[]> files = await FilesAsync(connection, transaction, Repository.Vendors).ConfigureAwait(false);
        return (files.TryGetValue(RoleName.Targets, out byte[]? file) ? TargetsMetadata.ReadDraft(file) : null, files);
    }

    private static TimeSpan DirectorLife { get; } = TimeSpan.FromDays(30);

    private static async Task<Dictionary<string, byte[]>> FilesAsync(DbConnection connection, DbTransaction? transaction, string repository) =>
        (await connection.QueryAsync<(string Role, byte[] Content)>("SELECT role, content FROM releases_roles WHERE repository = @repository", new { repository }, transaction).ConfigureAwait(false))
        .ToDictionary(row => row.Role, row => row.Content, StringComparer.Ordinal);

    private static int Order(string role) => role switch { RoleName.Root => 0, RoleName.Targets => 1, RoleName.Snapshot => 2, RoleName.Timestamp => 3, _ => 4 };

    private static RepositoryLine Line(KeyValuePair<string, byte[]> file)
    {
        MetadataFacts facts = MetadataFacts.Of(file.Value);
        return new RepositoryLine(file.Key, facts.Version, facts.Expires);
    }

    private static DateTimeOffset Expires(byte[] file) => MetadataFacts.Of(file).Expires;

    private async Task<long> TakeAsync(DbConnection connection, DbTransaction transaction, string repository) => await connection.QuerySingleOrDefaultAsync<long?>(
        "UPDATE releases_repositories SET publication = publication + 1, at = @at WHERE name = @repository RETURNING publication",
        new { repository, at = clock.GetUtcNow().ToUnixTimeMilliseconds() }, transaction).ConfigureAwait(false)
        ?? throw new RequestRefused(ProblemType.NotFound, $"there is no repository {repository}");

    private static async Task<Publisher> OpenAsync(DbConnection connection, DbTransaction transaction, string repository)
    {
        Dictionary<string, byte[]> files = await FilesAsync(connection, transaction, repository).ConfigureAwait(false);
        return files.ContainsKey(RoleName.Root)
            ? Publisher.Open(files)
            : throw new RequestRefused(ProblemType.Conflict, $"{repository} has no root yet: `ringwall operator publish` brings it");
    }

    private byte[] SignTargets(Publisher publisher, Action<TargetsDraft> change)
    {
        TargetsDraft draft = new(publisher.Files.TryGetValue(RoleName.Targets, out byte[]? before) ? TargetsMetadata.ReadDraft(before) : null) { Expires = clock.GetUtcNow() + DirectorLife };
        change(draft);
        return FileSigning.Sign(draft.Body(), keys.Signers(publisher.Root, RoleName.Targets));
    }

    private async Task<Publication> PublishAsync(
        DbConnection connection, DbTransaction transaction, string repository, long number, Publisher publisher, IReadOnlyDictionary<string, byte[]> targets)
    {
        IReadOnlyList<PublishedFile> published = publisher.Publish(targets, keys.For(publisher.Root), clock.GetUtcNow());
        await StoreAsync(connection, transaction, repository, published, publisher.Files).ConfigureAwait(false);
        return new Publication(repository, number, [.. published.Select(file => file.Name)]);
    }

    private bool IsDue(IReadOnlyDictionary<string, byte[]> files, string repository)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return files.TryGetValue(RoleName.Timestamp, out byte[]? timestamp)
            && (Expires(timestamp) < now + (OnlineKeyRing.TimestampLife / 2) || Expires(files[RoleName.Snapshot]) < now + (OnlineKeyRing.SnapshotLife / 4)
                || (repository == Repository.Director && Expires(files[RoleName.Targets]) < now + (DirectorLife / 2)));
    }

    // Roots stay for ever: a device that slept walks through all of them.
    private async Task StoreAsync(
        DbConnection connection, DbTransaction transaction, string repository, IReadOnlyList<PublishedFile> published, IReadOnlyDictionary<string, byte[]> roles)
    {
        long at = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await connection.ExecuteAsync(
            "INSERT INTO releases_files (repository, name, at, content) VALUES (@repository, @Name, @at, @Content) ON CONFLICT (repository, name) DO UPDATE SET at = excluded.at, content = excluded.content",
            published.Select(file => new { repository, file.Name, at, file.Content }), transaction).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "INSERT INTO releases_roles (repository, role, content) VALUES (@repository, @Role, @Content) ON CONFLICT (repository, role) DO UPDATE SET content = excluded.content",
            roles.Where(role => published.Any(file => ReferenceEquals(file.Content, role.Value))).Select(role => new { repository, Role = role.Key, Content = role.Value }), transaction).ConfigureAwait(false);
        HashSet<string> latest = [.. roles.Select(role => RoleName.FileName(role.Key, MetadataFacts.Of(role.Value).Version))];
        IEnumerable<string> old = await connection.QueryAsync<string>(
            "SELECT name FROM releases_files WHERE repository = @repository AND at < @before AND name NOT LIKE '%.root.json' AND name <> @Changing",
            new { repository, before = at - (long)Kept.TotalMilliseconds, RepositoryFiles.Changing }, transaction).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "DELETE FROM releases_files WHERE repository = @repository AND name = @name", old.Where(name => !latest.Contains(name)).Select(name => new { repository, name }).ToArray(), transaction).ConfigureAwait(false);
    }
}
