namespace Ringwall.Rollouts;

/// <summary>Decides, and only decides, who may return next. A rollback is a release too: it has the same budget and must show that it heals.</summary>
public static class RollbackRules
{
    /// <param name="highestVersion">The highest version that anybody knows of the stream; what is known already would be refused or mistaken.</param>
    /// <param name="policy">The budget.</param>
    /// <param name="state">Where devices are.</param>
    public static RollbackPlan Plan(long highestVersion, RolloutPolicy policy, RollbackState state)
    {
        int without = 0;
        for (int s = 0; s < state.Installed.Length; s++)
        {
            without += state.Installed[s] - Math.Min(state.Installed[s], state.FallbackAlive[s]);
        }

        return new RollbackPlan(highestVersion + 1, Order(state), Offer(policy, state), without);
    }

    /// <summary>
    /// How many devices may hold the offer, by stratum. It never shrinks. Harmed devices come first; healthy ones follow as fast as devices
    /// that returned allow, by the rule that a release grows by. When returning itself harms, it stays where it is.
    /// </summary>
    public static int[] Offer(RolloutPolicy policy, RollbackState state)
    {
        int returned = 0;
        int harmed = 0;
        int offered = 0;
        for (int s = 0; s < state.Installed.Length; s++)
        {
            returned += state.Returned[s];
            harmed += state.HarmedByReturn[s];
            offered += state.Offered[s];
        }

        int[] offer = [.. state.Offered];
        double left = policy.HarmBudget - Math.Max(0, harmed - state.ExpectedByReturn);
        if (left < 1)
        {
            return offer;
        }

        double growth = left / Bounds.HarmUpper(harmed, state.ExpectedByReturn, policy.Credibility);
        int allowed = Math.Max((int)left - 1, (int)Math.Min(int.MaxValue, returned * (1 + growth))) - offered;
        foreach (int s in Order(state))
        {
            if (allowed <= 0)
            {
                break;
            }

            int room = Math.Min(state.Installed[s], state.FallbackAlive[s]) - offer[s];
            int more = Math.Clamp(room, 0, allowed);
            offer[s] += more;
            allowed -= more;
        }

        return offer;
    }

    private static int[] Order(RollbackState state)
    {
        int[] order = [.. Enumerable.Range(0, state.Installed.Length)];
        double[] rate = [.. order.Select(s => state.Installed[s] == 0 ? 0 : (double)state.Harmed[s] / state.Installed[s])];
        Array.Sort(order, (a, b) => rate[a] == rate[b] ? b.CompareTo(a) : rate[b].CompareTo(rate[a]));
        return order;
    }
}
