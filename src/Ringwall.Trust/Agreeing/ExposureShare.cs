namespace Ringwall.Trust;

/// <summary>How much of one ring and cell may install a release.</summary>
/// <param name="Ring">As the operator calls it.</param>
/// <param name="Cell">As the operator calls it.</param>
/// <param name="Share">In units of 2⁻⁵³: 0 is nobody, 2⁵³ everybody. Signed metadata has no fractions, and no two readers may round one differently.</param>
public sealed record ExposureShare(string Ring, string Cell, long Share)
{
    /// <summary>All of a ring and cell.</summary>
    public const long Whole = 1L << 53;

    /// <summary>Exact: every such number is a double.</summary>
    public double Exposure => Share / (double)Whole;

    /// <summary>Rounds down: never a device more than was decided.</summary>
    /// <param name="ring">As the operator calls it.</param>
    /// <param name="cell">As the operator calls it.</param>
    /// <param name="exposure">0 to 1.</param>
    public static ExposureShare Of(string ring, string cell, double exposure) => exposure is >= 0 and <= 1
        ? new ExposureShare(ring, cell, (long)Math.Floor(exposure * Whole))
        : throw new ArgumentOutOfRangeException(nameof(exposure), exposure, "An exposure lies between 0 and 1.");

    internal static ExposureShare Read(MetaValue.Map map) => new(map.Text("ring", 64), map.Text("cell", 256), map.Number("share", 0, Whole));

    internal MetaValue.Map Describe() => MetaValue.Map.Empty
        .With("ring", MetaValue.Of(Ring)).With("cell", MetaValue.Of(Cell)).With("share", MetaValue.Of(Share));
}
