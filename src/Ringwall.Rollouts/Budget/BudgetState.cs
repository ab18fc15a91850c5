namespace Ringwall.Rollouts;

/// <summary>What a release has done to its harm budget.</summary>
/// <param name="Budget">Devices that it may harm.</param>
/// <param name="Seen">Devices that showed a harm before they matured.</param>
/// <param name="Expected">How many of them would have without the release.</param>
/// <param name="Later">Devices that showed a harm after they had matured.</param>
/// <param name="LaterExpected">How many of them would have without the release.</param>
/// <param name="Excess">The release's own harm before maturity, as far as it is not chance.</param>
/// <param name="LaterExcess">The same after maturity.</param>
/// <param name="Upper">The upper bound on the release's own harm among the devices watched through their soak.</param>
public sealed record BudgetState(int Budget, int Seen, double Expected, int Later, double LaterExpected, double Excess, double LaterExcess, double Upper)
{
    /// <summary>About one release in twenty is bad. With even odds the noise of a good one would hold it up for hours.</summary>
    private const double BadOdds = 0.05;

    /// <summary>The release's own harm so far: what is seen beyond what would have been anyway, weighed with the probability that it is not chance.</summary>
    public double Spent => Excess + LaterExcess;

    /// <summary>Not one more device may be harmed.</summary>
    public bool IsSpent => Budget - Spent < 1;

    /// <summary>What the next step may harm at most.</summary>
    public double Left => Math.Max(0, Budget - Spent) * Pace;

    /// <summary>1, or less when there is reason to be slow.</summary>
    public double Pace { get; private init; } = 1;

    public BudgetState Slowed() => this with { Pace = 0.5 };

    public static BudgetState Of(EvidenceLedger ledger, RolloutPolicy policy)
    {
        int seen = ledger.Harmed.Sum();
        int later = ledger.HarmedLater.Sum();
        double expected = ledger.ExpectedHarm.Sum();
        double laterExpected = ledger.ExpectedLater.Sum();
        return new BudgetState(
            policy.HarmBudget, seen, expected, later, laterExpected,
            Beyond(seen, expected, ledger.ExpectedHarmVariance), Beyond(later, laterExpected, ledger.ExpectedLaterVariance),
            Bounds.HarmUpper(seen, expected, Math.Sqrt(ledger.ExpectedHarmVariance), policy.Credibility));
    }

    /// <summary>
    /// Three crashes where none were due are three; ten more where a hundred were due are none. Before the evidence the odds are those of a bad release; the
    /// evidence is the bet of <see cref="EvidenceRow"/> on these against as many control sightings as an expectation of this variance is worth.
    /// </summary>
    private static double Beyond(int seen, double expected, double variance)
    {
        if (seen <= expected)
        {
            return 0;
        }

        double behind = variance > 0 ? Math.Max(1, expected * expected / variance) : 1;
        double share = expected / (expected + behind);
        double odds = 0;
        for (int i = 0; i < RatioGrid.Count; i++)
        {
            double gain = seen * RatioGrid.LogRatio[i] - (seen + behind) * Math.Log(1 + share * (RatioGrid.Ratio[i] - 1));
            odds += BadOdds * Math.Exp(Math.Min(600, gain)) / RatioGrid.Count;
        }

        return (seen - expected) * odds / (1 + odds);
    }
}
