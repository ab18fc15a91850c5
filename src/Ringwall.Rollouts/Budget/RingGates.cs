namespace Ringwall.Rollouts;

/// <summary>Which strata are open: those where the ring below has shown enough, in their own cell and over all cells.</summary>
internal static class RingGates
{
    private const int MostReasons = 64;

    public static bool[] Open(RolloutInput input, List<Reason> reasons)
    {
        FleetCounts fleet = input.Fleet;
        int cells = fleet.Cells.Length;
        bool[] open = new bool[fleet.Strata];
        for (int cell = 0; cell < cells; cell++)
        {
            open[cell] = fleet.Enrolled[cell] > 0;
        }

        for (int ring = 1; ring < FleetCounts.Rings; ring++)
        {
            int matured = 0;
            int reachable = 0;
            for (int s = (ring - 1) * cells; s < ring * cells; s++)
            {
                matured += input.Ledger.Matured[s];
                reachable += fleet.Reachable[s];
            }

            double need = Math.Min(input.Policy.EnoughInRing[ring - 1], Math.Ceiling(0.8 * reachable));
            bool ringOpen = matured >= need;
            if (!ringOpen)
            {
                reasons.Add(new Reason(ReasonCode.RingNotYetOpen, ring * cells, matured, need));
            }

            for (int cell = 0; cell < cells; cell++)
            {
                int s = ring * cells + cell;
                if (fleet.Enrolled[s] == 0)
                {
                    continue;
                }

                int below = Below(fleet, ring, cell);
                if (below < 0)
                {
                    if (reasons.Count < MostReasons)
                    {
                        reasons.Add(new Reason(ReasonCode.NoCanaryInCell, s, 0, 1));
                    }

                    continue;
                }

                int lower = (int)fleet.RingOf(below);
                double cellNeed = Math.Max(1, Math.Min(input.Policy.EnoughInCell[lower], Math.Ceiling(0.8 * fleet.Reachable[below])));
                open[s] = ringOpen && open[below] && input.Ledger.Matured[below] >= cellNeed;
                if (ringOpen && !open[s] && reasons.Count < MostReasons)
                {
                    reasons.Add(new Reason(ReasonCode.RingNotYetOpen, s, input.Ledger.Matured[below], cellNeed));
                }
            }
        }

        return open;
    }

    /// <summary>The nearest lower ring with devices in this cell, or −1. Canary itself must have some.</summary>
    private static int Below(FleetCounts fleet, int ring, int cell)
    {
        int cells = fleet.Cells.Length;
        if (fleet.Enrolled[cell] == 0)
        {
            return -1;
        }

        for (int lower = ring - 1; lower >= 0; lower--)
        {
            if (fleet.Enrolled[lower * cells + cell] > 0)
            {
                return lower * cells + cell;
            }
        }

        return -1;
    }
}
