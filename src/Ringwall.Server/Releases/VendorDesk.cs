using System.Data.Common;
using System.Text.Json;
using Dapper;
using Ringwall.Server.Access;
using Ringwall.Server.Audit;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
using Ringwall.Trust;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Releases;

/// <summary>Vendors: who they are, and what they publish.</summary>
public sealed class VendorDesk(Database database, Repositories repositories, AuditLog audit, IEnumerable<IPublicationWatch> watches, TimeProvider clock)
{
    /// <summary>Vendors that are signed in, and those that wait for it.</summary>
    public Task<IReadOnlyList<VendorLine>> ListAsync(CancellationToken stop) => database.ReadAsync<IReadOnlyList<VendorLine>>(
        async connection =>
        {
            (TargetsMetadata? targets, Dictionary<string, byte[]> files) = await Repositories.VendorsAsync(connection, null).ConfigureAwait(false);
            Dictionary<string, long> releases = (await connection.QueryAsync<(string Vendor, long Count)>("SELECT vendor, COUNT(*) FROM releases_releases GROUP BY vendor").ConfigureAwait(false))
                .ToDictionary(row => row.Vendor, row => row.Count);
            List<VendorLine> lines =
            [
                .. (targets?.Delegations ?? []).Select(delegation => new VendorLine
                {
                    Name = delegation.Role,
                    Keys = delegation.Keys.KeyIds,
                    Threshold = delegation.Keys.Threshold,
                    SignedIn = true,
                    Releases = (int)releases.GetValueOrDefault(delegation.Role),
                    Expires = files.TryGetValue(delegation.Role, out byte[]? file) ? MetadataFacts.Of(file).Expires : null,
                }),
            ];
            foreach (VendorRegistration waiting in await RegisteredAsync(connection).ConfigureAwait(false))
            {
                if (lines.TrueForAll(line => line.Name != waiting.Name))
                {
                    lines.Add(new VendorLine
                    {
                        Name = waiting.Name, Keys = [.. waiting.Keys.Select(pem => KeyFile.ReadPublic(pem).Id)], Threshold = waiting.Threshold, SignedIn = false, Releases = (int)releases.GetValueOrDefault(waiting.Name),
                    });
                }
            }

            return [.. lines.OrderBy(line => line.Name, StringComparer.Ordinal)];
        },
        stop);

    /// <summary>Notes a vendor and its keys. It can publish when the operator's offline keys have signed it in.</summary>
    /// <exception cref="RequestRefused">It is no registration.</exception>
    public Task RegisterAsync(VendorRegistration vendor, Person by, CancellationToken stop)
    {
        Check(vendor);
        return database.WriteAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync(
                    """
                    INSERT INTO releases_vendors (name, keys, threshold, at, who) VALUES (@Name, @keys, @Threshold, @at, @who)
                    ON CONFLICT (name) DO UPDATE SET keys = excluded.keys, threshold = excluded.threshold, at = excluded.at, who = excluded.who
                    """,
                    new { vendor.Name, keys = JsonSerializer.Serialize(vendor.Keys), vendor.Threshold, at = clock.GetUtcNow().ToUnixTimeMilliseconds(), who = by.Id }, transaction).ConfigureAwait(false);
                await audit.AppendAsync(
                    connection, transaction, by.Id, "vendor.registered", vendor.Name, new { threshold = vendor.Threshold, keys = vendor.Keys.Select(pem => KeyFile.ReadPublic(pem).Id).ToArray() }).ConfigureAwait(false);
            },
            stop);
    }

    /// <summary>The next vendors' targets file with everybody who is registered, unsigned: to be looked at, signed offline, and brought back.</summary>
    public Task<byte[]> DraftAsync(CancellationToken stop) => database.ReadAsync(
        async connection =>
        {
            (TargetsMetadata? targets, _) = await Repositories.VendorsAsync(connection, null).ConfigureAwait(false);
            TargetsDraft draft = new(targets) { Expires = clock.GetUtcNow().AddDays(365) };
            foreach (VendorRegistration vendor in await RegisteredAsync(connection).ConfigureAwait(false))
            {
                draft.Delegate(vendor.Name, [.. vendor.Keys.Select(KeyFile.ReadPublic)], vendor.Threshold, [$"{vendor.Name}/*/*"]);
            }

            return FileSigning.Sign(draft.Body());
        },
        stop);

    /// <summary>Publishes a vendor's next targets file. Its packages must be here, sent by the same vendor.</summary>
    /// <exception cref="UpdateRejectedException">Devices would refuse it, or it is not what a vendor may say. Nothing changed.</exception>
    /// <exception cref="RequestRefused">The vendor is not signed in. Nothing changed.</exception>
    public Task<PublicationReply> PublishAsync(string vendor, byte[] targets, Person by, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            // The repository's row first: who publishes next sees what this one published.
            Publication publication = await repositories.PublishAsync(connection, transaction, Repository.Vendors, new Dictionary<string, byte[]> { [vendor] = targets }, RequireSignedIn).ConfigureAwait(false);
            IReadOnlyList<NewRelease> added = await CheckAsync(connection, transaction, vendor, publication.Before, TargetsMetadata.ReadDraft(targets)).ConfigureAwait(false);
            List<string> rollouts = [];
            foreach (NewRelease release in added)
            {
                PublishedRelease published = await StoreAsync(connection, transaction, release, by).ConfigureAwait(false);
                foreach (IPublicationWatch watch in watches)
                {
                    if (await watch.PublishedAsync(connection, transaction, published).ConfigureAwait(false) is { } rollout)
                    {
                        rollouts.Add(rollout);
                    }
                }
            }

            string[] paths = [.. added.Select(release => release.Path.Text)];
            await audit.AppendAsync(connection, transaction, by.Id, "release.published", vendor, new { publication = publication.Number, releases = paths, rollouts }).ConfigureAwait(false);
            return new PublicationReply(publication.Number, publication.Files, paths, rollouts);

            void RequireSignedIn(TargetsMetadata? operators)
            {
                if (operators?.Delegations.Any(delegation => delegation.Role == vendor) != true)
                {
                    throw new RequestRefused(ProblemType.Conflict, $"the operator's keys have not signed {vendor} in");
                }
            }
        },
        stop);

    private static async Task<IReadOnlyList<NewRelease>> CheckAsync(DbConnection connection, DbTransaction transaction, string vendor, byte[]? before, TargetsMetadata after)
    {
        Dictionary<(string, string), long> highest = (await connection.QueryAsync<(string Sensor, string Stream, long Number)>(
            "SELECT sensor, stream, MAX(number) FROM releases_releases WHERE vendor = @vendor GROUP BY sensor, stream", new { vendor }, transaction).ConfigureAwait(false))
            .ToDictionary(row => (row.Sensor, row.Stream), row => row.Number);
        IReadOnlyList<NewRelease> added = VendorPublication.Check(
            vendor, before is null ? null : TargetsMetadata.ReadDraft(before), after, path => highest.GetValueOrDefault((path.Sensor, path.Stream)));
        foreach (NewRelease release in added)
        {
            long? bytes = await connection.QuerySingleOrDefaultAsync<long?>(
                "SELECT p.bytes FROM releases_packages p JOIN releases_senders s ON s.sha256 = p.sha256 WHERE p.sha256 = @Sha256 AND s.vendor = @vendor",
                new { Sha256 = release.File.Digests.ByAlgorithm["sha256"], vendor }, transaction).ConfigureAwait(false);
            if (bytes != release.File.Length)
            {
                throw new UpdateRejectedException(RejectionReason.PackageMissing, bytes is null
                    ? $"{release.Path.Text}: {vendor} has sent no such package"
                    : $"{release.Path.Text}: the package has {bytes} bytes, and {release.File.Length} were signed");
            }
        }

        return added;
    }

    private async Task<PublishedRelease> StoreAsync(DbConnection connection, DbTransaction transaction, NewRelease release, Person by)
    {
        PublishedRelease row = new()
        {
            Path = release.Path.Text,
            Vendor = release.Path.Vendor,
            Sensor = release.Path.Sensor,
            Stream = release.Path.Stream,
            Number = release.Path.Number,
            Version = release.Statement.Version,
            SchemaHash = release.Statement.Schema,
            Sha256 = release.File.Digests.ByAlgorithm["sha256"],
            Bytes = release.File.Length,
            At = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Who = by.Name,
            WayBackFrom = release.Statement.WayBackFrom,
        };
        await connection.ExecuteAsync(
            """
            INSERT INTO releases_releases (path, vendor, sensor, stream, number, version, schema_hash, sha256, bytes, at, who, way_back_from)
            VALUES (@Path, @Vendor, @Sensor, @Stream, @Number, @Version, @SchemaHash, @Sha256, @Bytes, @At, @Who, @WayBackFrom)
            """,
            row, transaction).ConfigureAwait(false);
        return row;
    }

    private static async Task<IReadOnlyList<VendorRegistration>> RegisteredAsync(DbConnection connection) =>
        [.. (await connection.QueryAsync<(string Name, string Keys, long Threshold)>("SELECT name, keys, threshold FROM releases_vendors ORDER BY name").ConfigureAwait(false))
            .Select(row => new VendorRegistration(row.Name, JsonSerializer.Deserialize<string[]>(row.Keys)!, (int)row.Threshold))];

    private static void Check(VendorRegistration vendor)
    {
        if (!ReleasePath.IsName(vendor.Name) || RoleName.IsTopLevel(vendor.Name))
        {
            throw new RequestRefused(ProblemType.BadRequest, "a vendor's name has lower-case letters, digits and '-'");
        }

        if (vendor.Keys is not { Count: > 0 and <= 32 } || vendor.Threshold < 1 || vendor.Threshold > vendor.Keys.Count)
        {
            throw new RequestRefused(ProblemType.BadRequest, "a vendor has 1 to 32 keys, and a threshold that they reach");
        }

        try
        {
            if (vendor.Keys.Select(pem => KeyFile.ReadPublic(pem).Material).Distinct().Count() != vendor.Keys.Count)
            {
                throw new RequestRefused(ProblemType.BadRequest, "one key stands there twice");
            }
        }
        catch (KeyFileException broken)
        {
            throw new RequestRefused(ProblemType.BadRequest, broken.Message);
        }
    }
}
