namespace Ringwall.Rollouts;

/// <summary>
/// Which cells and measures to name once a release is halted: e-BH (Wang and Ramdas, JRSS B 2022) over the comparisons by cell. Of what
/// it names at a fixed moment at most the stated share is named wrongly, in expectation, under any dependence. It explains a halt; it never decides one,
/// because e-BH does not keep its promise when applied to running maxima (Tavyrikov, Goeman and de Heide 2025).
/// </summary>
public static class Attribution
{
    public static Finding[] Named(EvidenceLedger ledger, double wrongShare)
    {
        var candidates = new List<Finding>();
        int all = ledger.RowsInCells;
        for (int index = 0; index < all; index++)
        {
            if (ledger.Values[index] > 1)
            {
                candidates.Add(new Finding(
                    index / Age.Classes / ledger.Measures.Length, index / Age.Classes % ledger.Measures.Length, index % Age.Classes,
                    ledger.ExposedSightings[index], ledger.ControlSightings(index), ledger.DueSightings(index), ledger.Values[index], 0));
            }
        }

        candidates.Sort((a, b) => b.Value.CompareTo(a.Value));
        for (int k = candidates.Count; k > 0; k--)
        {
            if (k * candidates[k - 1].Value >= all / wrongShare)
            {
                return [.. candidates[..k]];
            }
        }

        return [];
    }
}
