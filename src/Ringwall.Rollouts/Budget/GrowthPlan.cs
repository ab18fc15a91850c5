namespace Ringwall.Rollouts;

/// <summary>
/// How far exposure may grow now. Three bounds hold together, in this order: what policy forbids, the order of rings in each cell, and the harm budget.
/// </summary>
/// <remarks>
/// Budget. Let θ be a stratum's harm rate, n its matured healthy devices and f those in flight. Over strata with evidence, Σ f·θ ≤ max(f/n) · Σ n·θ,
/// and Σ n·θ is at most U at the stated credibility (rule of three when nothing was seen), whatever the rates are: no cell borrows from another.
/// Strata without evidence cost f · ρ, with ρ the rule of three over the ring's cells that have shown themselves healthy (1 while none has).
/// The sum stays within what is left of the budget. docs/rollout-rules.md, section 4.
/// </remarks>
internal static class GrowthPlan
{
    public static GrowthOutcome Plan(RolloutInput input, BudgetState budget)
    {
        FleetCounts fleet = input.Fleet;
        int strata = fleet.Strata;
        var reasons = new List<Reason>();
        int[] target = [.. input.Exposed];
        bool[] open = OpenStrata(input, reasons);
        int[] most = Most(input, reasons);

        Span<double> odds = stackalloc double[FleetCounts.Rings];
        for (int ring = 0; ring < FleetCounts.Rings; ring++)
        {
            odds[ring] = OddsOfAnOddCell(input, ring);
        }

        bool[] late = Late(input, budget);
        Flight ahead = InFlight(input, budget, odds, late, false);
        Flight behind = InFlight(input, budget, odds, late, true);
        double room = budget.Left - 1 - ahead.Least() - behind.Least();
        (double started, double waiting) = Start(input, open, most, odds, (budget.Left, room), target, reasons);
        double left = budget.Left - started - waiting;
        double toLate = Math.Max(behind.Least(), Math.Min(left - ahead.Least(), left * LateShare(input, open, most, late)));
        double growth = ahead.LargestFactor(left - toLate);
        double lateGrowth = behind.LargestFactor(Math.Min(toLate, left - ahead.Least()));
        (long Enrolled, long Exposed)[] rings = Rings(input);
        double spare = left - ahead.Least() - behind.Least();
        bool held = false;
        bool domains = false;
        for (int s = 0; s < strata; s++)
        {
            int matured = input.Ledger.Matured[s];
            int settled = matured + input.Ledger.Harmed[s];
            if (!open[s] || matured == 0 || target[s] >= most[s])
            {
                continue;
            }

            double factor = Math.Floor(matured * (late[s] ? lateGrowth : growth));
            if (factor < 1 && target[s] <= settled && spare >= Own(input, s, odds))
            {
                // One device at its own price: a factor below 1 would keep strata with one healthy device where they are for ever.
                spare -= Own(input, s, odds);
                factor = 1;
            }

            int byBudget = (int)Math.Min(most[s], settled + Sleepers(input, s) + factor);
            int byDomain = (int)Math.Min(most[s], settled + Math.Max(1, Math.Floor(input.Policy.DomainShare * fleet.Enrolled[s])));
            int next = Math.Min(Math.Min(byBudget, byDomain), Pace(input, s, most, rings));
            domains |= byDomain < byBudget;
            if (next > target[s] && (next == most[s] || next >= Math.Ceiling(target[s] * (1 + input.Policy.SmallestStep))))
            {
                target[s] = next;
            }
            else
            {
                held = true;
            }
        }

        bool grows = !target.AsSpan().SequenceEqual(input.Exposed);
        if (!grows && held)
        {
            reasons.Add(new Reason(budget.Left < 1 ? ReasonCode.BudgetSpent : ReasonCode.BudgetInUse, -1, budget.Spent, budget.Budget));
            if (domains)
            {
                reasons.Add(new Reason(ReasonCode.DomainsInFlight, -1, input.Policy.DomainShare, input.Policy.DomainShare));
            }
        }

        return new GrowthOutcome(target, grows, reasons);
    }

    /// <summary>The rule of three over cells: at this credibility at most this share of the ring's unseen cells is odd. 1 while none was seen.</summary>
    private static double OddsOfAnOddCell(RolloutInput input, int ring)
    {
        int seen = 0;
        int odd = 0;
        int cells = input.Fleet.Cells.Length;
        for (int s = ring * cells; s < (ring + 1) * cells; s++)
        {
            int matured = input.Ledger.Matured[s];
            int harmed = input.Ledger.Harmed[s];
            if (matured + harmed > 0)
            {
                seen++;
                odd += harmed * 20 > matured + harmed ? 1 : 0;
            }
        }

        return seen - odd <= 0 ? 1 : Math.Min(1, Bounds.HarmUpper(odd, 0, input.Policy.Credibility) / seen);
    }

    /// <summary>
    /// Canary and early do not rush ahead: until the next ring has begun in this cell they grow to twice what it needs, and then to four times
    /// its exposed share. More would spend budget that the larger rings need, and show nothing that they do not.
    /// </summary>
    private static int Pace(RolloutInput input, int stratum, int[] most, (long Enrolled, long Exposed)[] rings)
    {
        FleetCounts fleet = input.Fleet;
        int ring = (int)fleet.RingOf(stratum);
        int cells = fleet.Cells.Length;
        int next = stratum + cells;
        if (ring >= (int)Ring.Broad || fleet.Enrolled[next] == 0 || (input.Exposed[next] == 0 && most[next] == 0))
        {
            return int.MaxValue;
        }

        double share = (double)fleet.Enrolled[stratum] / rings[ring].Enrolled;
        double shareNext = (double)rings[ring + 1].Exposed / rings[ring + 1].Enrolled;
        double need = Math.Max(input.Policy.EnoughInCell[ring], input.Policy.EnoughInRing[ring] * share);
        return (int)Math.Ceiling(Math.Max(2 * need, 4 * shareNext * fleet.Enrolled[stratum]));
    }

    /// <summary>
    /// Devices let in that have not taken the release long after they could: they sleep. Those of them that are not expected to wake within a soak
    /// do not count as in flight. While a stratum has no evidence of its own, all count.
    /// </summary>
    private static double Sleepers(RolloutInput input, int stratum)
    {
        bool settled = input.Ledger.Matured[stratum] > 0 && input.Now - input.GrownMinute[stratum] >= 10;
        return settled ? Math.Floor((1 - input.Policy.SleeperWeight) * Math.Max(0, input.Exposed[stratum] - input.Installed[stratum])) : 0;
    }

    /// <summary>The upper bound on one stratum's harm rate from its own evidence, or from its ring's cells when that says more.</summary>
    private static double Own(RolloutInput input, int stratum, ReadOnlySpan<double> odds)
    {
        int matured = input.Ledger.Matured[stratum];
        double own = matured > 0 ? Bounds.HarmUpper(input.Ledger.Harmed[stratum], 0, input.Policy.Credibility) / matured : 1;
        return Math.Min(own, odds[(int)input.Fleet.RingOf(stratum)]);
    }

    /// <summary>
    /// Strata far behind the others, because their first devices slept or their ring opened late. The common bound is made of the others' evidence and
    /// grows with their background noise; once that noise is more than the rule of three, these have a bound of their own, and the budget is split.
    /// </summary>
    private static bool[] Late(RolloutInput input, BudgetState budget)
    {
        bool[] late = new bool[input.Exposed.Length];
        if (budget.Upper < 2 * Bounds.HarmUpper(0, 0, input.Policy.Credibility))
        {
            return late;
        }

        double exposed = 0;
        double enrolled = 1;
        for (int s = 0; s < input.Exposed.Length; s++)
        {
            exposed += input.Exposed[s];
            enrolled += input.Fleet.Enrolled[s];
        }

        for (int s = 0; s < late.Length; s++)
        {
            late[s] = input.Exposed[s] < 0.25 * exposed / enrolled * input.Fleet.Enrolled[s];
        }

        return late;
    }

    /// <summary>The late strata's part of the budget: their part of the devices that are still to come.</summary>
    private static double LateShare(RolloutInput input, bool[] open, int[] most, bool[] late)
    {
        double all = 0;
        double behind = 0;
        for (int s = 0; s < open.Length; s++)
        {
            double remaining = open[s] && input.Ledger.Matured[s] > 0 ? most[s] - input.Exposed[s] : 0;
            all += remaining;
            behind += late[s] ? remaining : 0;
        }

        return behind == 0 ? 0 : behind == all ? 1 : Math.Clamp(behind / all, 0.1, 0.9);
    }

    private static (long Enrolled, long Exposed)[] Rings(RolloutInput input)
    {
        var rings = new (long Enrolled, long Exposed)[FleetCounts.Rings];
        for (int s = 0; s < input.Exposed.Length; s++)
        {
            ref (long Enrolled, long Exposed) ring = ref rings[(int)input.Fleet.RingOf(s)];
            ring.Enrolled += input.Fleet.Enrolled[s];
            ring.Exposed += input.Exposed[s];
        }

        return rings;
    }

    /// <summary>What each stratum in flight costs if it pays for itself, sorted into bins of its factor f/n.</summary>
    private static Flight InFlight(RolloutInput input, BudgetState budget, ReadOnlySpan<double> odds, bool[] late, bool which)
    {
        int seen = 0;
        double expected = 0;
        for (int s = 0; s < input.Fleet.Strata; s++)
        {
            seen += late[s] == which ? input.Ledger.Harmed[s] : 0;
            expected += late[s] == which ? input.Ledger.ExpectedHarm[s] : 0;
        }

        var flight = new Flight(budget.Left, Bounds.HarmUpper(seen, expected, input.Policy.Credibility));
        for (int s = 0; s < input.Fleet.Strata; s++)
        {
            int matured = input.Ledger.Matured[s];
            double devices = input.Exposed[s] - matured - input.Ledger.Harmed[s] - Sleepers(input, s);
            if (devices > 0 && late[s] == which)
            {
                flight.Add(matured > 0 ? devices / matured : double.PositiveInfinity, devices * Own(input, s, odds));
            }
        }

        return flight;
    }

    /// <summary>
    /// Lets the first devices of open strata in: the same number in each, largest cells first. Returns what they cost, and what must be kept for those that
    /// found no room.
    /// </summary>
    private static (double Started, double Waiting) Start(
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

            // A first step is the same for every cell of a ring, so that those who wait for their turn find theirs.
            double price = odds[ring];
            double share = input.Policy.StartShare[ring] * budget.Left;
            double quota = Math.Max(1, Math.Floor(share / (price * Populated(fleet, (Ring)ring))));
            double cost = 0;
            int started = 0;
            foreach (int s in starts)
            {
                double domain = Math.Max(1, Math.Floor(input.Policy.DomainShare * fleet.Enrolled[s]));
                double most1 = Math.Floor((Math.Min(share, room) - cost) / price);
                int devices = (int)Math.Min(Math.Min(quota, domain), Math.Min(most[s] - target[s], most1));
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

    private static int[] Most(RolloutInput input, List<Reason> reasons)
    {
        FleetCounts fleet = input.Fleet;
        RolloutPolicy policy = input.Policy;
        int[] most = new int[fleet.Strata];
        long last = input.GrownMinute.Max();
        bool frozen = policy.Freezes.Any(range => range.Holds(input.Now));
        if (frozen)
        {
            reasons.Add(new Reason(ReasonCode.Frozen, -1, 0, 0));
        }

        bool holdbackEnds = last >= 0 && input.Now - last >= policy.HoldbackMinutes;
        for (int ring = 0; ring < FleetCounts.Rings; ring++)
        {
            int first = fleet.Stratum((Ring)ring, 0);
            bool window = policy.Windows[ring].Length == 0 || policy.Windows[ring].Any(range => range.Holds(input.Now));
            bool pinned = input.Release.Behind < policy.Pins[ring][(int)input.Release.Stream];
            bool anyone = false;
            for (int cell = 0; cell < fleet.Cells.Length; cell++)
            {
                int s = first + cell;
                anyone |= fleet.Enrolled[s] > 0;
                int held = holdbackEnds ? 0 : (int)Math.Floor(policy.Holdback * fleet.Enrolled[s]);
                most[s] = frozen || !window || pinned ? input.Exposed[s] : Math.Max(input.Exposed[s], fleet.Enrolled[s] - held);
            }

            if (anyone && pinned)
            {
                reasons.Add(new Reason(ReasonCode.Pinned, first, input.Release.Behind, policy.Pins[ring][(int)input.Release.Stream]));
            }
            else if (anyone && !window)
            {
                reasons.Add(new Reason(ReasonCode.OutsideWindow, first, 0, 0));
            }
        }

        return most;
    }

    /// <summary>A stratum is open when the ring below it, in its own cell, has shown enough; and the ring below over all cells too.</summary>
    private static bool[] OpenStrata(RolloutInput input, List<Reason> reasons)
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
                    if (reasons.Count < 64)
                    {
                        reasons.Add(new Reason(ReasonCode.NoCanaryInCell, s, 0, 1));
                    }

                    continue;
                }

                int lower = (int)fleet.RingOf(below);
                double cellNeed = Math.Max(1, Math.Min(input.Policy.EnoughInCell[lower], Math.Ceiling(0.8 * fleet.Reachable[below])));
                open[s] = ringOpen && open[below] && input.Ledger.Matured[below] >= cellNeed;
                if (ringOpen && !open[s] && reasons.Count < 64)
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
