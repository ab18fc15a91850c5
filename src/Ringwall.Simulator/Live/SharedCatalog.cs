using Ringwall.Trust;
using Ringwall.Wire.Fleet;

namespace Ringwall.Simulator;

/// <summary>
/// What is offered, fetched by ETag and verified with Ringwall.Trust as any device verifies it. A real device does this for itself; here all devices of the process share one fetch, one
/// verification of each publication and one copy of each package, so that hundreds fit beside the server that they try out.
/// </summary>
// Threads: any device asks; one at a time looks.
internal sealed class SharedCatalog : IDisposable
{
    private readonly FleetDoor _door;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _every;
    private readonly SemaphoreSlim _looking = new(1, 1);
    private readonly Dictionary<string, FetchedFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task<bool>> _packages = new(StringComparer.Ordinal);
    private readonly TrustedRepository _vendors;
    private readonly TrustedRepository _director;
    private IReadOnlyList<OfferedRelease> _offered = [];
    private (long Vendors, long Director) _seen = (-1, -1);
    private DateTimeOffset _looked = DateTimeOffset.MinValue;

    public SharedCatalog(FleetDoor door, TrustedRoots roots, TimeSpan every, TimeProvider clock)
    {
        _door = door;
        _clock = clock;
        _every = every;
        _vendors = Load(roots.Vendors);
        _director = Load(roots.Director);
    }

    /// <summary>Publications that were verified.</summary>
    public int Verified { get; private set; }

    /// <summary>Why the last look found nothing that may be believed; null when it did.</summary>
    public string? Refused { get; private set; }

    /// <summary>The releases that are agreed on, as of a moment ago.</summary>
    public async Task<IReadOnlyList<OfferedRelease>> LookAsync(CancellationToken stop)
    {
        await _looking.WaitAsync(stop);
        try
        {
            DateTimeOffset now = _clock.GetUtcNow();
            if (now - _looked >= _every)
            {
                await LookAsync(now, stop);
                _looked = now;
            }

            return _offered;
        }
        catch (UpdateRejectedException rejected)
        {
            // As a device: nothing changes, and what was believed stays until it can be refreshed.
            Refused = rejected.Message;
            return _offered;
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <summary>Whether the package is there and is what both repositories say; downloaded once.</summary>
    public Task<bool> HasPackageAsync(OfferedRelease release, CancellationToken stop)
    {
        lock (_packages)
        {
            if (!_packages.TryGetValue(release.PackagePath, out Task<bool>? download) || download.IsFaulted || download.IsCanceled)
            {
                _packages[release.PackagePath] = download = DownloadAsync(release, stop);
            }

            return download;
        }
    }

    public void Dispose() => _looking.Dispose();

    private async Task<bool> DownloadAsync(OfferedRelease release, CancellationToken stop)
    {
        FetchedFile? file = await _door.FetchAsync($"packages/{release.PackagePath}", release.Agreed.File.Length, null, stop);
        if (file is null)
        {
            return false;
        }

        try
        {
            using ContentCheck check = release.Agreed.File.NewCheck();
            check.Append(file.Content);
            check.Finish();
            return true;
        }
        catch (UpdateRejectedException rejected)
        {
            Refused = rejected.Message;
            return false;
        }
    }

    private async Task LookAsync(DateTimeOffset now, CancellationToken stop)
    {
        await RunAsync("director", _director.Refresh(now), stop);
        await RunAsync("vendors", _vendors.Refresh(now), stop);
        (long, long) seen = (_vendors.Timestamp!.Version, _director.Timestamp!.Version);
        if (seen == _seen)
        {
            return;
        }

        var offered = new List<OfferedRelease>();
        foreach (string path in AgreedRelease.Offered(_director))
        {
            TargetSearch search = _vendors.Search(path);
            await RunAsync("vendors", search, stop);
            AgreedRelease agreed = AgreedRelease.Agree(_director, search, path);
            offered.Add(new OfferedRelease(agreed, agreed.File.PathToFetch(_vendors.Root.IsConsistentSnapshot)));
        }

        _offered = offered;
        _seen = seen;
        Verified++;
        Refused = null;
    }

    private async Task RunAsync(string repository, IEnumerable<UpdateStep> steps, CancellationToken stop)
    {
        foreach (UpdateStep step in steps)
        {
            if (step is UpdateStep.Fetch fetch)
            {
                string path = $"{repository}/{fetch.FileName}";
                if (await _door.FetchAsync(path, fetch.MostBytes, _files.GetValueOrDefault(path), stop) is { } file)
                {
                    _files[path] = file;
                    fetch.Supply(file.Content);
                }
            }
        }
    }

    private static TrustedRepository Load(string root) =>
        TrustedRepository.Load(new Dictionary<string, byte[]>(StringComparer.Ordinal) { [RoleName.Root] = Convert.FromBase64String(root) });
}
