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
    private const double LeastForLate = 0.35;

    public static GrowthOutcome Plan(RolloutInput input, BudgetState budget)
    {
        FleetCounts fleet = input.Fleet;
        int strata = fleet.Strata;
        var reasons = new List<Reason>();
        int[] target = [.. input.Exposed];
        bool[] open = RingGates.Open(input, reasons);
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
        (double started, double waiting) = FirstSteps.Take(input, open, most, odds, (budget.Left, room), target, reasons);
        double left = budget.Left - started - waiting;
        double toLate = Math.Max(behind.Least(), Math.Min(left - ahead.Least(), left * LateShare(input, open, most, late)));
        double growth = ahead.LargestFactor(left - toLate);
        double lateGrowth = behind.LargestFactor(Math.Min(toLate, left - ahead.Least()));

        // One device at its own price where a factor below 1 would keep strata with one healthy device where they are for ever. What that takes is taken
        // from growth first: the budget is spent once.
        double singles = Math.Min(Singles(input, open, most, late, (growth, lateGrowth), odds), left / 4);
        growth = Math.Min(growth, ahead.LargestFactor(left - toLate - singles));
        double spare = Math.Min(singles, left - ahead.Cost(growth) - behind.Cost(lateGrowth));
        (long Enrolled, long Exposed)[] rings = Rings(input);
        bool held = false;
        bool domains = false;
        for (int s = 0; s < strata; s++)
        {
            if (!open[s] || input.Ledger.Matured[s] == 0 || target[s] >= most[s])
            {
                continue;
            }

            int settled = input.Ledger.Settled(s);
            double factor = Math.Floor(input.Ledger.Matured[s] * (late[s] ? lateGrowth : growth));
            if (IsSingle(input, s, factor) && spare >= Own(input, s, odds))
            {
                spare -= Own(input, s, odds);
                factor = 1;
            }

            int byBudget = (int)Math.Min(most[s], settled + Sleepers(input, s) + factor);
            int byDomain = Math.Min(most[s], input.Ledger.Matured[s] + input.Policy.MostInFlight(fleet.Enrolled[s]));
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
            reasons.Add(new Reason(ReasonCode.BudgetInUse, -1, budget.Spent, budget.Budget));
            if (domains)
            {
                reasons.Add(new Reason(ReasonCode.DomainsInFlight, -1, input.Policy.DomainShare, input.Policy.DomainShare));
            }
        }

        return new GrowthOutcome(target, grows, reasons);
    }

    /// <summary>What one device costs in each stratum that would stand still otherwise.</summary>
    private static double Singles(
        RolloutInput input, bool[] open, int[] most, bool[] late, (double Ahead, double Late) growth, ReadOnlySpan<double> odds)
    {
        double cost = 0;
        for (int s = 0; s < open.Length; s++)
        {
            int matured = input.Ledger.Matured[s];
            bool stands = open[s] && matured > 0 && input.Exposed[s] < most[s];
            cost += stands && IsSingle(input, s, Math.Floor(matured * (late[s] ? growth.Late : growth.Ahead))) ? Own(input, s, odds) : 0;
        }

        return cost;
    }

    private static bool IsSingle(RolloutInput input, int stratum, double factor) =>
        factor < 1 && input.Exposed[stratum] <= input.Ledger.Settled(stratum);

    /// <summary>The rule of three over cells: at this credibility at most this share of the ring's unseen cells is odd. 1 while none was seen.</summary>
    private static double OddsOfAnOddCell(RolloutInput input, int ring)
    {
        int seen = 0;
        int odd = 0;
        int cells = input.Fleet.Cells.Length;
        for (int s = ring * cells; s < (ring + 1) * cells; s++)
        {
            int matured = input.Ledger.Matured[s];
            int harmed = input.Ledger.AllHarmed(s);
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

    /// <summary>
    /// The upper bound on one stratum's harm rate from its own evidence, or, where nothing was harmed, from its ring's cells when that says more: a cell that
    /// has shown harm is no longer one of the unseen ones.
    /// </summary>
    private static double Own(RolloutInput input, int stratum, ReadOnlySpan<double> odds)
    {
        EvidenceLedger ledger = input.Ledger;
        int matured = ledger.Matured[stratum];
        int harmed = ledger.AllHarmed(stratum);
        double expected = ledger.ExpectedHarm[stratum] + ledger.ExpectedLater[stratum];
        double own = matured > 0 ? Math.Min(1, Bounds.HarmUpper(harmed, expected, input.Policy.Credibility) / (matured + harmed)) : 1;
        return harmed > 0 ? own : Math.Min(own, odds[(int)input.Fleet.RingOf(stratum)]);
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
        double matured = 0;
        double enrolled = 1;
        for (int s = 0; s < input.Exposed.Length; s++)
        {
            exposed += input.Exposed[s];
            matured += input.Ledger.Matured[s];
            enrolled += input.Fleet.Enrolled[s];
        }

        // One that was behind and has grown fast joins the others when what is in flight there costs no more than theirs; before, it would hold them all up.
        double fast = budget.Left / (2 * budget.Upper);
        for (int s = 0; s < late.Length; s++)
        {
            double part = input.Fleet.Enrolled[s] / enrolled;
            bool fresh = input.Ledger.Matured[s] < 0.6 * matured * part && InFlight(input, s) > fast * input.Ledger.Matured[s];
            late[s] = input.Exposed[s] < 0.25 * exposed * part || fresh;
        }

        return late;
    }

    /// <summary>The late strata's part of the budget: their part of the devices that are still to come, and never little, because they arrive last.</summary>
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

        return behind == 0 ? 0 : behind == all ? 1 : Math.Clamp(behind / all, LeastForLate, 0.9);
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

        // Harm that came after the soak will come to what is in flight, too. What is uncertain in the control's rate is the same for all strata.
        double deviation = budget.Expected > 0 ? expected / budget.Expected * Math.Sqrt(input.Ledger.ExpectedHarmVariance) : 0;
        var flight = new Flight(budget.Left, Bounds.HarmUpper(seen, expected, deviation, input.Policy.Credibility) + budget.LaterExcess);
        for (int s = 0; s < input.Fleet.Strata; s++)
        {
            int matured = input.Ledger.Matured[s];
            double devices = InFlight(input, s);
            if (devices > 0 && late[s] == which)
            {
                flight.Add(matured > 0 ? devices / matured : double.PositiveInfinity, devices * Own(input, s, odds));
            }
        }

        return flight;
    }

    /// <summary>A stratum's devices in flight: let in, not settled, and not asleep for so long that they do not count.</summary>
    private static double InFlight(RolloutInput input, int stratum) =>
        input.Exposed[stratum] - input.Ledger.Settled(stratum) - Sleepers(input, stratum);

    private static int[] Most(RolloutInput input, List<Reason> reasons)
    {
        FleetCounts fleet = input.Fleet;
        RolloutPolicy policy = input.Policy;
        int[] most = new int[fleet.Strata];
        long last = input.GrownMinute.Max();
        bool holdbackEnds = last >= 0 && input.Now - last >= policy.HoldbackMinutes;
        for (int ring = 0; ring < FleetCounts.Rings; ring++)
        {
            int first = fleet.Stratum((Ring)ring, 0);
            ReasonCode? forbidden = policy.Forbids((Ring)ring, input.Release, input.Now);
            bool anyone = false;
            for (int s = first; s < first + fleet.Cells.Length; s++)
            {
                anyone |= fleet.Enrolled[s] > 0;
                int held = holdbackEnds ? 0 : policy.HeldBack(fleet.Enrolled[s]);
                most[s] = forbidden is not null ? input.Exposed[s] : Math.Max(input.Exposed[s], fleet.Enrolled[s] - held);
            }

            if (forbidden is { } code && anyone && !(code is ReasonCode.Frozen or ReasonCode.Overtaken && reasons.Any(reason => reason.Code == code)))
            {
                reasons.Add(new Reason(code, first, input.Release.Behind, policy.Pins[ring][(int)input.Release.Stream]));
            }
        }

        return most;
    }
}
