namespace Ringwall.Host.Decide.Guardrails;

/// <summary>
/// A path as one number: FNV-1a of 64 bits (draft-eastlake-fnv). Not secret: whoever finds two paths with one number gains nothing, as
/// what is found by it is compared with the whole path, or with the file's digest.
/// </summary>
internal static class PathHash
{
    private const ulong Start = 0xCBF2_9CE4_8422_2325UL;
    private const ulong Prime = 0x0000_0100_0000_01B3UL;

    public static ulong Of(ReadOnlySpan<byte> path) => Continue(Start, path);

    /// <summary>The number of a path whose beginning has this number.</summary>
    public static ulong Continue(ulong hash, ReadOnlySpan<byte> path)
    {
        foreach (byte one in path)
        {
            hash = (hash ^ one) * Prime;
        }

        return hash;
    }
}
