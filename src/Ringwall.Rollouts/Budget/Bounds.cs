namespace Ringwall.Rollouts;

/// <summary>Upper and lower bounds on counts and rates. Sources in docs/rollout-rules.md, section 3.</summary>
public static class Bounds
{
    private const int Small = 256;

    /// <summary>The bound with nothing expected at 95 %, which the rules ask for again and again.</summary>
    private static readonly double[] Garwood95 = [.. Enumerable.Range(0, Small).Select(seen => seen == 0 ? -Math.Log(0.05) : Helene(seen, 0, 0.05))];

    /// <summary>
    /// The upper bound on the harm behind <paramref name="seen"/> events of which <paramref name="expected"/> would have come anyway:
    /// the S at which P(Poisson(expected + S) ≤ seen) is (1 − credibility) of P(Poisson(expected) ≤ seen). Helene 1983. With nothing
    /// seen it is −ln(1 − credibility) = 3.0 at 95 %, the rule of three; with nothing expected it is the bound of Garwood 1936.
    /// </summary>
    public static double HarmUpper(double seen, double expected, double credibility)
    {
        double miss = 1 - credibility;
        if (seen <= 0)
        {
            return -Math.Log(miss);
        }

        expected = Math.Max(0, expected);
        if (expected == 0 && seen < Small && seen == Math.Floor(seen) && credibility == 0.95)
        {
            return Garwood95[(int)seen];
        }

        return Helene(seen, expected, miss);
    }

    /// <summary>
    /// The same where the expectation is only known to within a standard deviation: P in both places is its mean over the expectation, taken at the three
    /// points of the Gauss-Hermite rule, so that what is not known widens the bound.
    /// </summary>
    public static double HarmUpper(double seen, double expected, double deviation, double credibility)
    {
        if (seen <= 0 || expected <= 0 || deviation < 0.01 * Math.Sqrt(expected))
        {
            return HarmUpper(seen, expected, credibility);
        }

        double miss = 1 - credibility;
        double step = Math.Sqrt(3) * Math.Min(deviation, expected / Math.Sqrt(3));
        double floor = Around(0);
        if (floor < 1e-250)
        {
            return HarmUpper(seen, Math.Max(0, expected - step), credibility);
        }

        double low = 0;
        double high = 5 + seen + 5 * Math.Sqrt(seen + 1);
        while (high - low > 1e-6 * (1 + high))
        {
            double middle = 0.5 * (low + high);
            (low, high) = Around(middle) > miss * floor ? (middle, high) : (low, middle);
        }

        return high;

        double Around(double harm) =>
            (Gamma.Upper(seen + 1, expected - step + harm) + 4 * Gamma.Upper(seen + 1, expected + harm) + Gamma.Upper(seen + 1, expected + step + harm)) / 6;
    }

    private static double Helene(double seen, double expected, double miss)
    {
        // Where the tail is so thin that it underflows, the events are far fewer than the control predicts. Then the bound at the
        // largest expectation that we can still represent is larger, and larger is the safe side.
        double floor = Gamma.Upper(seen + 1, expected);
        while (floor < 1e-250)
        {
            expected *= 0.9;
            floor = Gamma.Upper(seen + 1, expected);
        }

        double low = 0;
        double high = 5 + seen + 5 * Math.Sqrt(seen + 1);
        for (int i = 0; i < 60 && high - low > 1e-7 * (1 + high); i++)
        {
            double middle = 0.5 * (low + high);
            if (Gamma.Upper(seen + 1, expected + middle) > miss * floor)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return high;
    }

    /// <summary>Clopper and Pearson 1934: the upper bound of a share, one-sided. 1 when nothing was tried.</summary>
    public static double ShareUpper(long hits, long tries, double credibility) =>
        hits >= tries ? 1 : BetaQuantile(hits + 1, tries - hits, credibility);

    /// <summary>Clopper and Pearson 1934: the lower bound of a share, one-sided. 0 when nothing was hit.</summary>
    public static double ShareLower(long hits, long tries, double credibility) =>
        hits <= 0 ? 0 : BetaQuantile(hits, tries - hits + 1, 1 - credibility);

    /// <summary>P(Poisson(mean) ≥ n).</summary>
    public static double PoissonAtLeast(long n, double mean) => n <= 0 ? 1 : 1 - Gamma.Upper(n, mean);

    /// <summary>
    /// The largest share of <paramref name="enrolled"/> devices that lets in more than <paramref name="most"/> of them with probability
    /// at most <paramref name="miss"/>. For a caller who cannot count positions exactly.
    /// </summary>
    public static double CautiousShare(int enrolled, int most, double miss)
    {
        if (most <= 0 || enrolled <= 0)
        {
            return 0;
        }

        // P(Binomial(N, p) > k) = I_p(k + 1, N − k).
        return most >= enrolled ? 1 : BetaQuantile(most + 1, enrolled - most, miss);
    }

    private static double BetaQuantile(double a, double b, double probability)
    {
        double low = 0;
        double high = 1;
        for (int i = 0; i < 200 && high - low > 1e-15 * high; i++)
        {
            double middle = 0.5 * (low + high);
            if (Gamma.Beta(a, b, middle) < probability)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return 0.5 * (low + high);
    }
}
