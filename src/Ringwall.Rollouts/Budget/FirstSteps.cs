namespace Ringwall.Rollouts;

/// <summary>The first devices of strata that have no healthy evidence yet: about the same number in each, largest cells first.</summary>
internal static class FirstSteps
{
    /// <summary>Raises targets. Returns what that costs, and what must be kept for strata that found no room.</summary>
    public static (double Started, double Waiting) Take(
        RolloutInput input, bool[] open, int[] most, ReadOnlySpan<double> odds, (double Left, double Room) budget, int[] target, List<Reason> reasons)
    {
        FleetCounts fleet = input.Fleet;
        double room = budget.Room;
        double all = 0;
        double waiting = 0;
        for (int ring = 0; ring < FleetCounts.Rings; ring++)
        {
            List<int>? starts = Starts(input, open, most, (Ring)ring);
            if (starts is null)
            {
                continue;
            }

            // A first step is the same for every cell of a ring, so that those who wait for their turn find theirs; what is left over goes to the largest,
            // where a first device that sleeps would hold up the most.
            double share = input.Policy.StartShare[ring] * budget.Left;
            int populated = Populated(fleet, (Ring)ring);
            double quota = Math.Max(1, Math.Floor(share / (odds[ring] * populated)));
            double over = Math.Floor(share / odds[ring]) - quota * populated;
            double cost = 0;
            int started = 0;
            foreach (int s in starts)
            {
                // Where the first devices were all harmed, the next one is alone, and nothing speaks for it.
                bool burnt = input.Ledger.AllHarmed(s) > 0;
                double price = burnt ? 1 : odds[ring];
                double affordable = Math.Floor((Math.Min(share, room) - cost) / price);
                int byDomain = input.Policy.MostInFlight(fleet.Enrolled[s]) - input.Exposed[s];
                double fair = burnt ? 1 : over-- >= 1 ? quota + 1 : quota;
                int devices = (int)Math.Min(Math.Min(fair, byDomain), Math.Min(most[s] - target[s], affordable));
                if (devices > 0)
                {
                    target[s] += devices;
                    cost += devices * price;
                    started += devices;
                }
                else if (input.Exposed[s] == 0)
                {
                    waiting += price;
                }
            }

            if (started > 0)
            {
                reasons.Add(new Reason(ReasonCode.FirstStep, starts[0], started, cost));
            }

            waiting = Math.Min(waiting, share);
            room -= cost;
            all += cost;
        }

        return (all, waiting);
    }

    private static List<int>? Starts(RolloutInput input, bool[] open, int[] most, Ring ring)
    {
        FleetCounts fleet = input.Fleet;
        List<int>? starts = null;
        for (int cell = 0; cell < fleet.Cells.Length; cell++)
        {
            // A stratum whose first devices all sleep, or run it and never tell, may try further ones after a while; the first stay on the bill.
            int s = fleet.Stratum(ring, cell);
            long since = input.Now - input.GrownMinute[s];
            int patience = input.Installed[s] == 0 ? 15 : 30 + input.Policy.Soak(input.Release.Urgent);
            if (open[s] && (input.Exposed[s] == 0 || since >= patience) && input.Ledger.Matured[s] == 0 && most[s] > input.Exposed[s])
            {
                (starts ??= []).Add(s);
            }
        }

        starts?.Sort((a, b) => fleet.Enrolled[a] != fleet.Enrolled[b] ? fleet.Enrolled[b].CompareTo(fleet.Enrolled[a]) : a.CompareTo(b));
        return starts;
    }

    private static int Populated(FleetCounts fleet, Ring ring)
    {
        int populated = 0;
        for (int cell = 0; cell < fleet.Cells.Length; cell++)
        {
            populated += fleet.Enrolled[fleet.Stratum(ring, cell)] > 0 ? 1 : 0;
        }

        return populated;
    }
}
