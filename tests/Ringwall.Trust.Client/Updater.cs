namespace Ringwall.Trust.Client;

/// <summary>Carries out what Trust asks for: fetches over the network, keeps in a folder.</summary>
internal sealed class Updater(MetadataFolder folder, Web web, Uri metadata)
{
    private TrustedRepository _trusted = null!;

    public void Refresh(DateTimeOffset now)
    {
        _trusted = folder.Load();
        Run(_trusted.Refresh(now));
    }

    public void Download(string path, Uri targets, string targetFolder)
    {
        TargetSearch search = _trusted.Search(path);
        Run(search);
        TargetFile file = search.Found;
        string place = Path.Combine(targetFolder, Uri.EscapeDataString(path));
        if (File.Exists(place) && IsRight(file, place))
        {
            return;
        }

        byte[] content = web.Fetch(Address(targets, file.PathToFetch(_trusted.Root.IsConsistentSnapshot)), file.Length)
            ?? throw new UpdateRejectedException(RejectionReason.Unavailable, $"{path} is not to be had");
        Check(file, content);
        MetadataFolder.Replace(place, content);
    }

    private static bool IsRight(TargetFile file, string place)
    {
        try
        {
            Check(file, File.ReadAllBytes(place));
            return true;
        }
        catch (UpdateRejectedException)
        {
            return false;
        }
    }

    private static void Check(TargetFile file, byte[] content)
    {
        using ContentCheck check = file.NewCheck();
        check.Append(content);
        check.Finish();
    }

    // A path is a stranger's: it leaves the folder of targets in no way.
    private static Uri Address(Uri targets, string path)
    {
        string[] parts = path.Split('/');
        return parts.Any(part => part is "" or "." or "..")
            ? throw new UpdateRejectedException(RejectionReason.Malformed, $"{path} is no path below {targets}")
            : new Uri(targets, string.Join('/', parts.Select(Uri.EscapeDataString)));
    }

    private void Run(IEnumerable<UpdateStep> steps)
    {
        foreach (UpdateStep step in steps)
        {
            switch (step)
            {
                case UpdateStep.Fetch fetch when web.Fetch(new Uri(metadata, fetch.FileName), fetch.MostBytes) is { } content:
                    fetch.Supply(content);
                    break;
                case UpdateStep.Keep keep:
                    folder.Keep(keep.Role, keep.Content);
                    break;
                case UpdateStep.Forget forget:
                    folder.Forget(forget.Role);
                    break;
            }
        }
    }
}
