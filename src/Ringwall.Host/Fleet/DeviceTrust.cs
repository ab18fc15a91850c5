// Owns:     STATE/fleet/vendors and STATE/fleet/director: what this device trusts of either repository, one file for each role.
// Threads:  the door's.
// Ordering: what Trust says to keep is on the disk before its next step; a crash between two leaves files of which each was valid, and the next refresh goes on from there.

using Ringwall.Host.Generations.Store;
using Ringwall.Trust;
using Ringwall.Wire.Door;

namespace Ringwall.Host.Fleet;

/// <summary>
/// The device's own trust in vendors and operator. It believes signatures that lead back to the two roots that it was enrolled with, and nobody's word: the agent brings files,
/// and can at worst bring none.
/// </summary>
internal sealed class DeviceTrust(string folder, SpoolFolder spool)
{
    private TrustedRepository? _vendors;
    private TrustedRepository? _director;

    private string VendorsFolder => Path.Combine(folder, DoorLimits.Vendors);

    private string DirectorFolder => Path.Combine(folder, DoorLimits.Director);

    /// <summary>Whether there are roots to begin with.</summary>
    public bool IsRooted => HasRoot(VendorsFolder) && HasRoot(DirectorFolder);

    /// <summary>Takes the two first roots from the spool, if they are the ones that the device was enrolled with.</summary>
    /// <exception cref="UpdateRejectedException">They are not, or are not there.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Root(DoorIdentity identity)
    {
        Root(DoorLimits.Vendors, VendorsFolder, identity.VendorsRoot);
        Root(DoorLimits.Director, DirectorFolder, identity.DirectorRoot);
    }

    /// <summary>Trusts nobody any more.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Forget()
    {
        (_vendors, _director) = (null, null);
        foreach (string where in (string[])[VendorsFolder, DirectorFolder])
        {
            if (Directory.Exists(where))
            {
                Directory.Delete(where, recursive: true);
            }
        }

        StoreFiles.Flush(folder);
    }

    /// <summary>A place that the director's keys have signed, as they are trusted now.</summary>
    /// <exception cref="UpdateRejectedException">It is none, or too few of them have.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public PlaceOrder ReadPlace(byte[] file) => PlaceOrder.Read(TrustedRepository.Load(Stored(DirectorFolder)).Root, file);

    /// <summary>Brings the operator's files up to date with what lies in the spool, and then the vendors', whose fault nothing of the operator's waits for.</summary>
    /// <param name="now">The time that expiry is held against.</param>
    /// <param name="vendorsRefused">Why the vendors' are not to be believed, or old: nothing can be installed then, and what the operator took back is taken back all the same. Null when they are.</param>
    /// <returns>The paths that the operator offers, in order.</returns>
    /// <exception cref="UpdateRejectedException">The operator's are not to be believed, or old. What was trusted stays so.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public IReadOnlyList<string> Refresh(DateTimeOffset now, out string? vendorsRefused)
    {
        (_vendors, _director) = (null, null);
        TrustedRepository director = TrustedRepository.Load(Stored(DirectorFolder));
        Run(director.Refresh(now), DoorLimits.Director, DirectorFolder);
        IReadOnlyList<string> offered = [.. AgreedRelease.Offered(director).Order(StringComparer.Ordinal)];
        _director = director;
        try
        {
            TrustedRepository vendors = TrustedRepository.Load(Stored(VendorsFolder));
            Run(vendors.Refresh(now), DoorLimits.Vendors, VendorsFolder);
            (_vendors, vendorsRefused) = (vendors, null);
        }
        catch (UpdateRejectedException rejected)
        {
            vendorsRefused = rejected.Message;
        }

        return offered;
    }

    /// <summary>Whether the operator takes a release back, as of the last refresh, which succeeded for the operator's files at least.</summary>
    /// <exception cref="UpdateRejectedException">What is said of it is neither yes nor no.</exception>
    public bool IsWithdrawn(string path) => AgreedRelease.IsWithdrawn(_director!, path);

    /// <summary>What vendor and operator both say of a release, as of the last refresh.</summary>
    /// <param name="path">The release.</param>
    /// <param name="now">What was said then counts as long as it has not expired by now: whoever refreshes no more cannot go on with what was once fresh.</param>
    /// <exception cref="UpdateRejectedException">They do not agree, the last refresh failed, or it was too long ago.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public AgreedRelease Agree(string path, DateTimeOffset now)
    {
        if (_vendors is null || _director is null)
        {
            throw new UpdateRejectedException(RejectionReason.Unavailable, "the last refresh failed, or there was none since the host's start");
        }

        _director.RequireFresh(now);
        _vendors.RequireFresh(now);
        TargetSearch search = _vendors.Search(path);
        Run(search, DoorLimits.Vendors, VendorsFolder);
        return AgreedRelease.Agree(_director, search, path);
    }

    /// <summary>Where the package of a release is fetched from, below the server's packages.</summary>
    public string PathToFetch(AgreedRelease release) => release.File.PathToFetch(_vendors!.Root.IsConsistentSnapshot);

    private static bool HasRoot(string where) => File.Exists(Path.Combine(where, RoleName.FileName(RoleName.Root)));

    private void Root(string part, string where, string digest)
    {
        if (HasRoot(where))
        {
            return;
        }

        byte[] root = spool.TryRead(part, RoleName.FileName(RoleName.Root, 1), TrustLimits.Default.RootBytes)
            ?? throw new UpdateRejectedException(RejectionReason.Unavailable, $"{part}: the spool has no first root");
        if (DigestSet.Of(root).Preferred != digest)
        {
            throw new UpdateRejectedException(RejectionReason.DigestMismatch, $"{part}: the root in the spool is not the one that this device was enrolled with");
        }

        _ = RootMetadata.ReadTrusted(root);
        StoreFiles.MakeFolder(where);
        StoreFiles.Replace(Path.Combine(where, RoleName.FileName(RoleName.Root)), root);
    }

    // Names are escaped roles; what begins with a dot is half written.
    private static Dictionary<string, byte[]> Stored(string where) => StoreFiles.Entries(where)
        .Where(file => Path.GetFileName(file) is [not '.', ..] name && name.EndsWith(".json", StringComparison.Ordinal))
        .ToDictionary(file => Uri.UnescapeDataString(Path.GetFileNameWithoutExtension(file)), File.ReadAllBytes, StringComparer.Ordinal);

    private void Run(IEnumerable<UpdateStep> steps, string part, string where)
    {
        foreach (UpdateStep step in steps)
        {
            switch (step)
            {
                case UpdateStep.Fetch fetch when spool.TryRead(part, fetch.FileName, fetch.MostBytes) is { } content:
                    fetch.Supply(content);
                    break;
                case UpdateStep.Keep keep:
                    StoreFiles.Replace(Path.Combine(where, RoleName.FileName(keep.Role)), keep.Content);
                    break;
                case UpdateStep.Forget forget:
                    File.Delete(Path.Combine(where, RoleName.FileName(forget.Role)));
                    StoreFiles.Flush(where);
                    break;
            }
        }
    }
}
