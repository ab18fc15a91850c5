namespace Ringwall.Rollouts;

/// <summary>
/// One ring's devices in flight, as costs against the budget. Strata whose factor f/n is at most λ share the one cost λ·U; each of the others pays f·θ
/// for itself. Any λ gives a valid bound, so the best one may be chosen.
/// </summary>
internal sealed class Flight(double left, double upper)
{
    private const int Bins = 64;

    private readonly double _most = left / upper;
    private readonly double[] _above = new double[Bins + 1];
    private bool _any;

    public void Add(double factor, double cost)
    {
        _any = true;
        int bin = factor >= _most || _most <= 0 ? Bins : (int)Math.Ceiling(factor / _most * Bins);

        // It pays for itself at every λ below its own factor.
        for (int i = 0; i < bin; i++)
        {
            _above[i] += cost;
        }

        if (factor > _most)
        {
            _above[Bins] += cost;
        }
    }

    /// <summary>The smallest bound on the harm of what is in flight.</summary>
    public double Least()
    {
        double least = double.PositiveInfinity;
        for (int i = 0; i <= Bins; i++)
        {
            least = Math.Min(least, _above[i] + Factor(i) * upper);
        }

        return _any ? least : 0;
    }

    /// <summary>The bound at one of the factors that <see cref="LargestFactor"/> returns.</summary>
    public double Cost(double factor) => _any && _most > 0 ? _above[(int)Math.Round(factor / _most * Bins)] + factor * upper : 0;

    /// <summary>The largest λ that <paramref name="budget"/> pays for.</summary>
    public double LargestFactor(double budget)
    {
        for (int i = Bins; i >= 0; i--)
        {
            if (_above[i] + Factor(i) * upper <= budget)
            {
                return Factor(i);
            }
        }

        return 0;
    }

    private double Factor(int bin) => _most * bin / Bins;
}
