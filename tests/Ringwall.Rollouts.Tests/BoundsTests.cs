using Ringwall.Rollouts;

namespace Ringwall.Rollouts.Tests;

public sealed class BoundsTests
{
    /// <summary>Garwood's exact Poisson bounds at 95 %, one-sided, from published tables.</summary>
    [Theory]
    [InlineData(0, 2.996)]
    [InlineData(1, 4.744)]
    [InlineData(2, 6.296)]
    [InlineData(3, 7.754)]
    [InlineData(10, 16.962)]
    public void The_bound_with_nothing_expected_is_Garwoods(int seen, double bound) =>
        Assert.Equal(bound, Bounds.HarmUpper(seen, 0, 0.95), 3);

    [Fact]
    public void Nothing_seen_is_the_rule_of_three_whatever_was_expected()
    {
        Assert.Equal(Bounds.HarmUpper(0, 0, 0.95), Bounds.HarmUpper(0, 7, 0.95), 9);
    }

    [Theory]
    [InlineData(3, 2.0)]
    [InlineData(40, 35.0)]
    [InlineData(90, 110.0)]
    public void What_is_not_known_about_the_expectation_widens_the_bound(int seen, double expected)
    {
        double known = Bounds.HarmUpper(seen, expected, 0.95);
        double little = Bounds.HarmUpper(seen, expected, 0.2 * Math.Sqrt(expected), 0.95);
        double much = Bounds.HarmUpper(seen, expected, Math.Sqrt(expected), 0.95);

        Assert.Equal(known, Bounds.HarmUpper(seen, expected, 0, 0.95), 6);
        Assert.True(known < little && little < much, $"{known} {little} {much}");
        Assert.True(much < Bounds.HarmUpper(seen, 0, 0.95));
    }

    [Fact]
    public void The_bound_solves_its_own_equation()
    {
        foreach ((double seen, double expected) in ((double, double)[])[(4, 1.3), (20, 25), (130, 101.5), (900, 1000)])
        {
            double bound = Bounds.HarmUpper(seen, expected, 0.95);
            double left = Gamma.Upper(seen + 1, expected + bound) / Gamma.Upper(seen + 1, expected);
            Assert.Equal(0.05, left, 4);
        }
    }

    [Fact]
    public void More_seen_is_never_a_smaller_bound()
    {
        for (int seen = 0; seen < 60; seen++)
        {
            Assert.True(Bounds.HarmUpper(seen + 1, 10, 0.95) > Bounds.HarmUpper(seen, 10, 0.95));
        }
    }

    /// <summary>Clopper and Pearson's bounds: 0 of 10 has 1 − 0.05^(1/10), 5 of 10 has 0.7776 (95 %, one-sided).</summary>
    [Fact]
    public void Shares_have_Clopper_and_Pearsons_bounds()
    {
        Assert.Equal(1 - Math.Pow(0.05, 0.1), Bounds.ShareUpper(0, 10, 0.95), 9);
        Assert.Equal(0.7776, Bounds.ShareUpper(5, 10, 0.95), 4);
        Assert.Equal(1 - Bounds.ShareUpper(5, 10, 0.95), Bounds.ShareLower(5, 10, 0.95), 9);
        Assert.Equal(1, Bounds.ShareUpper(3, 3, 0.95));
        Assert.Equal(0, Bounds.ShareLower(0, 3, 0.95));
    }

    [Fact]
    public void A_cautious_share_lets_in_too_many_as_seldom_as_asked()
    {
        double share = Bounds.CautiousShare(85_000, 24, 0.001);
        double mean = share * 85_000;
        Assert.InRange(mean, 10, 16);
        Assert.InRange(Bounds.PoissonAtLeast(25, mean), 0.0005, 0.0015);
    }
}
