using Ringwall.Cli.Packing;
using Ringwall.Trust;
using Ringwall.Wire;
using Ringwall.Wire.Packages;

namespace Ringwall.Cli.Ceremony;

/// <summary>
/// Adds a package to a vendor's next targets file: the release N, and N + 1 with the content from before it, signed at the same time. So a halt needs no vendor who is awake.
/// </summary>
internal static class VendorDraft
{
    /// <summary>The same releases once more, for longer, or under other keys.</summary>
    /// <exception cref="CommandException">Nothing was published yet.</exception>
    public static void Renew(VendorFolder folder, DateTimeOffset expires)
    {
        TargetsMetadata? begun = folder.Draft;
        TargetsMetadata last = begun ?? folder.Last ?? throw new CommandException(ExitCode.Usage, folder.TargetsFile, "nothing was published yet", "name a package to sign");
        TargetsDraft draft = new(last) { Expires = expires };
        draft.Version = begun?.Version ?? draft.Version;
        RepositoryFolder.Store(folder.DraftFile, FileSigning.Sign(draft.Body()));
    }

    /// <exception cref="CommandException">It is no package, or it does not fit.</exception>
    public static void Add(VendorFolder folder, string package, VendorDraftOrder order)
    {
        PackageManifest manifest = PackageHead.Read(package);
        string vendor = folder.Registration.Name;
        string stream = order.Stream ?? (manifest.Engine is null ? "content" : "engine");
        if (!ReleasePath.IsName(manifest.Sensor))
        {
            throw new CommandException(ExitCode.Usage, package, $"the sensor is called {manifest.Sensor}, and a path cannot have that", "take lower-case letters, digits and '-'");
        }

        TargetsMetadata? begun = folder.Draft;
        TargetsMetadata? last = begun ?? folder.Published;
        TargetsDraft draft = new(last) { Expires = order.Expires };
        draft.Version = begun?.Version ?? draft.Version;
        (ReleasePath Path, TargetFile File, VendorStatement Statement)[] mine =
        [
            .. (last?.Targets.Values ?? [])
                .Select(file => (Path: ReleasePath.Read(file.Path), file, VendorStatement.Read(file.Custom!)))
                .Where(release => release.Path.Sensor == manifest.Sensor && release.Path.Stream == stream)
                .OrderBy(release => release.Path.Number),
        ];
        long number = (mine.Length == 0 ? 0 : mine[^1].Path.Number) + 1;
        ReleasePath path = new(vendor, manifest.Sensor, stream, number);
        string? schema = stream == "content" ? manifest.Content?.Schema?.Hash : null;
        draft.Set(folder.Take(package, path, new VendorStatement(manifest.Version, schema)));
        if (order.WayBackTo is { } to && WayBack(mine, to, package) is { } before)
        {
            VendorStatement statement = before.Statement with { WayBackFrom = path.Text };
            draft.Set(new TargetFile((path with { Number = number + 1 }).Text, before.File.Length, before.File.Digests, statement.Describe()));
        }

        RepositoryFolder.Store(folder.DraftFile, FileSigning.Sign(draft.Body()));
    }

    /// <summary>The release whose bytes a way back has.</summary>
    public static string LeadsTo(TargetsMetadata draft, string wayBack) => draft.Targets.Values
        .Where(file => file.Digests.SameAs(draft.Targets[wayBack].Digests) && VendorStatement.Read(file.Custom!).WayBackFrom is null).MaxBy(file => ReleasePath.Read(file.Path).Number)?.Path ?? "no release that is listed";

    // A way back of an earlier release is no release that anybody returns to.
    private static (ReleasePath Path, TargetFile File, VendorStatement Statement)? WayBack((ReleasePath Path, TargetFile File, VendorStatement Statement)[] mine, long to, string package)
    {
        (ReleasePath Path, TargetFile File, VendorStatement Statement)[] releases = [.. mine.Where(release => release.Statement.WayBackFrom is null)];
        if (to == VendorDraftOrder.TheOneBefore)
        {
            return releases.Length == 0 ? null : releases[^1];
        }

        return releases.Any(release => release.Path.Number == to)
            ? releases.First(release => release.Path.Number == to)
            : throw new CommandException(ExitCode.Usage, package, $"there is no release {to} to return to", "`ringwall vendor releases` lists them");
    }
}
