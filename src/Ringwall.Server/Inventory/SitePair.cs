using Ringwall.Rollouts;

namespace Ringwall.Server.Inventory;

/// <summary>
/// How the seats of a site that grows are told to the rules: in pairs, each a failure domain of two that draws for itself. The two lie half of a release's order apart, so that no stretch of it up to a
/// half holds more than half of the site, however many there are.
/// </summary>
/// <remarks>
/// A site's size would do that too, and spread seats more evenly; but it changes with each machine that joins, and a device knows it as of its last session, a day ago perhaps. Device and server would work
/// out different positions, and the devices of one site each their own. Nothing changes here once a seat is given.
/// </remarks>
internal static class SitePair
{
    /// <summary>2⁶⁴ divided by the golden ratio: odd, so the pairs of one site are different domains.</summary>
    private const ulong Step = 0x9E37_79B9_7F4A_7C15;

    public static Seat Of(ulong domain, int seat) => new(unchecked(domain + ((ulong)(seat / 2) * Step)), seat % 2, 2);
}
