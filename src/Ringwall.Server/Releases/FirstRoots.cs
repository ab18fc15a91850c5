using Ringwall.Server.Enrolment;
using Ringwall.Trust;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Releases;

/// <summary>The first root file of each repository: what a machine that joins begins to trust. All later ones it works out from there.</summary>
internal sealed class FirstRoots(RepositoryShelf shelf) : IRootFiles
{
    public async Task<TrustedRoots?> FirstRootsAsync(CancellationToken stop)
    {
        string name = RoleName.FileName(RoleName.Root, 1);
        return await shelf.FindAsync(Repository.Vendors, name, stop).ConfigureAwait(false) is { } vendors
            && await shelf.FindAsync(Repository.Director, name, stop).ConfigureAwait(false) is { } director
                ? new TrustedRoots(Convert.ToBase64String(vendors.Content), Convert.ToBase64String(director.Content))
                : null;
    }
}
