namespace Ringwall.Rollouts;

/// <summary>What a release has done to its harm budget.</summary>
/// <param name="Budget">Devices that it may harm.</param>
/// <param name="Seen">Exposed devices that showed a harm before they matured.</param>
/// <param name="Expected">How many of them would have without the release.</param>
/// <param name="Upper">The upper bound on the release's own harm among the devices watched through their soak.</param>
public sealed record BudgetState(int Budget, int Seen, double Expected, double Upper)
{
    /// <summary>
    /// The release's own harm so far: what is seen beyond what would have been anyway, times the probability that it is not chance (even odds before the
    /// evidence, a Poisson count at one of the grid's ratios against the expected one). Three crashes where none were due are three; ten more where a hundred
    /// were due are none.
    /// </summary>
    public double Spent => Math.Max(0, Seen - Expected) * NotChance(Seen, Expected);

    /// <summary>What the next step may harm at most.</summary>
    public double Left => Math.Max(0, Budget - Spent) * Pace;

    /// <summary>1, or less when there is reason to be slow.</summary>
    public double Pace { get; private init; } = 1;

    public BudgetState Slowed() => this with { Pace = 0.25 };

    private static double NotChance(int seen, double expected)
    {
        if (seen <= expected)
        {
            return 0;
        }

        double odds = 0;
        for (int i = 0; i < RatioGrid.Count; i++)
        {
            odds += Math.Exp(Math.Min(600, seen * RatioGrid.LogRatio[i] - (RatioGrid.Ratio[i] - 1) * expected)) / RatioGrid.Count;
        }

        return odds / (1 + odds);
    }

    public static BudgetState Of(EvidenceLedger ledger, RolloutPolicy policy)
    {
        int seen = 0;
        foreach (int harmed in ledger.Harmed)
        {
            seen += harmed;
        }

        double expected = ledger.ExpectedHarm.Sum();
        return new BudgetState(policy.HarmBudget, seen, expected, Bounds.HarmUpper(seen, expected, policy.Credibility));
    }
}
