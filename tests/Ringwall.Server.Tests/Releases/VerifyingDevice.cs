using Ringwall.Trust;

namespace Ringwall.Server.Tests.Releases;

/// <summary>A device that believes signatures and nothing else: it refreshes both repositories over HTTP and says what both agree on.</summary>
internal sealed class VerifyingDevice(HttpClient http, byte[] vendorsRoot, byte[] directorRoot, Func<DateTimeOffset> now)
{
    private readonly Dictionary<string, byte[]> _vendors = new() { [RoleName.Root] = vendorsRoot };
    private readonly Dictionary<string, byte[]> _director = new() { [RoleName.Root] = directorRoot };

    /// <summary>Stands in the way: gets a path and what is served.</summary>
    public Func<string, byte[], byte[]> Network { get; set; } = (_, content) => content;

    public async Task<AgreedRelease> AgreeAsync(string path)
    {
        (TrustedRepository vendors, TrustedRepository director) = await RefreshAsync();
        TargetSearch search = vendors.Search(path);
        await RunAsync(search, "vendors", _vendors);
        return AgreedRelease.Agree(director, search, path);
    }

    public async Task<IReadOnlyCollection<string>> OfferedAsync() => AgreedRelease.Offered((await RefreshAsync()).Director);

    public async Task<RejectionReason> RefusedAsync(string path) => (await Assert.ThrowsAsync<UpdateRejectedException>(() => AgreeAsync(path))).Reason;

    public async Task<byte[]> DownloadAsync(AgreedRelease release)
    {
        byte[] content = await http.GetByteArrayAsync($"/packages/{release.File.PathToFetch(isConsistentSnapshot: true)}", TestContext.Current.CancellationToken);
        using ContentCheck check = release.File.NewCheck();
        check.Append(content);
        check.Finish();
        return content;
    }

    private async Task<(TrustedRepository Vendors, TrustedRepository Director)> RefreshAsync()
    {
        TrustedRepository vendors = TrustedRepository.Load(_vendors);
        await RunAsync(vendors.Refresh(now()), "vendors", _vendors);
        TrustedRepository director = TrustedRepository.Load(_director);
        await RunAsync(director.Refresh(now()), "director", _director);
        return (vendors, director);
    }

    private async Task RunAsync(IEnumerable<UpdateStep> steps, string repository, Dictionary<string, byte[]> disk)
    {
        foreach (UpdateStep step in steps)
        {
            switch (step)
            {
                case UpdateStep.Fetch fetch:
                    using (HttpResponseMessage answer = await http.GetAsync($"/{repository}/{fetch.FileName}", TestContext.Current.CancellationToken))
                    {
                        if (answer.IsSuccessStatusCode)
                        {
                            fetch.Supply(Network($"/{repository}/{fetch.FileName}", await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)));
                        }
                    }

                    break;
                case UpdateStep.Keep keep:
                    disk[keep.Role] = keep.Content;
                    break;
                case UpdateStep.Forget forget:
                    disk.Remove(forget.Role);
                    break;
            }
        }
    }
}
