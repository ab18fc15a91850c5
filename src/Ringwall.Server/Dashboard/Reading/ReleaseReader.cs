using Ringwall.Server.Access;
using Ringwall.Server.Dashboard.Models;
using Ringwall.Server.Dashboard.Parts;
using Ringwall.Server.Health;
using Ringwall.Server.Inventory;
using Ringwall.Server.Releases;
using Ringwall.Server.Rollouts;
using Ringwall.Wire.Api;
using Ringwall.Wire.Probation;

namespace Ringwall.Server.Dashboard.Reading;

/// <summary>Fills the pages about releases and vendors. A vendor is told of its own alone, and not which devices the operator has.</summary>
internal sealed class ReleaseReader(
    RolloutPages rollouts, VendorDesk vendors, DeviceHistory history, DeviceWatch watch, DeviceLookup lookup, Accounts accounts)
{
    private const int ProbationsShown = 60;

    public async Task<ReleaseList> ListAsync(Access.Person person, string vendor, CancellationToken stop) => new()
    {
        Rows = await RowsAsync(person, release => vendor.Length == 0 || release.Vendor == vendor, stop).ConfigureAwait(false),
    };

    /// <summary>Null when there is no such release, or it is another vendor's: which of the two is not told.</summary>
    public async Task<ReleaseDetail?> OneAsync(string path, string report, Access.Person person, CancellationToken stop)
    {
        ReleaseLine? line = (await rollouts.ReleasesAsync(person, stop).ConfigureAwait(false)).FirstOrDefault(release => release.Path == path);
        if (line is null)
        {
            return null;
        }

        IReadOnlyList<DeviceProbation> probations = await history.ProbationsOfAsync(path, stop).ConfigureAwait(false);
        IReadOnlyDictionary<long, DeviceName> names = await lookup.OfAsync([.. probations.Select(probation => probation.Number).Distinct()], stop).ConfigureAwait(false);
        ReleaseDetail.Probation[] seen = [.. probations.OrderBy(probation => probation.Report.Result == ProbationResult.Passed)
            .Select(probation => Seen(probation, names.GetValueOrDefault(probation.Number), person.Oversees))];
        return new ReleaseDetail
        {
            Row = (await RowsAsync(person, release => release.Path == path, stop).ConfigureAwait(false))[0],
            Digest = line.Sha256,
            WayBack = line.WayBack,
            MayStart = person.Roles.Contains(Role.Operator) && RolloutReader.MayStart(line),
            Probations = [.. seen.Take(ProbationsShown)],
            Shown = seen.FirstOrDefault(probation => probation.Id == report) ?? seen.FirstOrDefault(),
        };
    }

    public async Task<VendorList> VendorsAsync(Access.Person person, CancellationToken stop)
    {
        IReadOnlyList<Account> people = await accounts.AllAsync(stop).ConfigureAwait(false);
        return new VendorList
        {
            Rows = [.. (await vendors.ListAsync(stop).ConfigureAwait(false)).Where(vendor => person.MaySee(vendor.Name)).Select(vendor => new VendorList.Row(
                vendor.Name,
                vendor.Keys,
                vendor.Threshold,
                $"{vendor.Name}/*/*",
                vendor.Releases,
                [.. people.Where(account => account.Vendor == vendor.Name && account.Disabled == 0).Select(account => account.Name)],
                vendor.SignedIn ? vendor.Automatic ? "signed in, let out by itself" : "signed in" : "waits for the operator's offline keys",
                vendor.SignedIn ? Tone.Good : Tone.Warn))],
            MayChange = person.Roles.Contains(Role.Operator),
        };
    }

    private async Task<IReadOnlyList<ReleaseList.Row>> RowsAsync(Access.Person person, Func<ReleaseLine, bool> wanted, CancellationToken stop)
    {
        Dictionary<string, ProbationCount> probations = (await watch.ProbationsAsync(stop).ConfigureAwait(false)).ToDictionary(count => count.Release);
        IReadOnlyDictionary<string, long> inService = await watch.InServiceAsync(stop).ConfigureAwait(false);
        Dictionary<string, RolloutLine> lines = (await rollouts.ListAsync(person, stop).ConfigureAwait(false)).ToDictionary(line => line.Id);
        return [.. (await rollouts.ReleasesAsync(person, stop).ConfigureAwait(false)).Where(wanted).Select(release =>
        {
            RolloutLine? rollout = release.Rollout is null ? null : lines.GetValueOrDefault(release.Rollout);
            (string state, Tone tone) = rollout is null
                ? release.WayBackFrom is { } from ? ($"leads back from {Words.Release(from.Split('/')[^1])}", Tone.Quiet) : ("not let out", Tone.Quiet)
                : RolloutWords.State(rollout);
            ProbationCount? tried = probations.GetValueOrDefault(release.Path);
            return new ReleaseList.Row
            {
                Path = release.Path,
                Vendor = release.Vendor,
                Sensor = release.Sensor,
                Stream = release.Stream,
                Number = release.Number,
                Version = release.Version,
                Length = release.Bytes,
                Published = release.PublishedAt,
                Installed = inService.GetValueOrDefault(release.Path),
                ProbationsPassed = tried?.Passed ?? 0,
                ProbationsRefused = tried?.Refused ?? 0,
                Rollout = release.Rollout,
                State = state,
                Tone = tone,
            };
        })];
    }

    private static ReleaseDetail.Probation Seen(DeviceProbation probation, DeviceName? device, bool oversees) => new(
        $"{probation.Number}-{probation.At}",
        oversees ? device?.Id ?? "" : "",
        oversees ? device?.Name ?? "a device that left" : "a device",
        device is null ? "" : RingName.Of(device.Ring),
        probation.Report);
}
