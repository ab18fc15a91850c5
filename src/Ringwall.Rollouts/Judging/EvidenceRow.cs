namespace Ringwall.Rollouts;

/// <summary>
/// One e-process: exposed against control for one measure and age class, in one cell or over all of them.
/// </summary>
/// <remarks>
/// In a window with k first sightings, k₁ of them on exposed devices, and a share π of the watched time on exposed devices, k₁ is at most
/// Binomial(k, π) if the release does nothing. The bet on "r times as often" multiplies by r^k₁ / (1 + π(r − 1))^k, whose mean is then at most 1, so the
/// product over windows and strata is a nonnegative supermartingale, and so is the mixture over r. Lindon and Malek, NeurIPS 2022, section 4;
/// Robbins 1970; Waudby-Smith and Ramdas, JRSS B 2024. Logarithms are kept in fixed point: sums then do not depend on their order.
/// </remarks>
internal struct EvidenceRow
{
    private const double One = 1L << 32;

    private Fixed _logs;

    /// <summary>First sightings on devices not yet exposed.</summary>
    public int Control;

    /// <summary>What one window's bets gain, by ratio, in fixed point.</summary>
    public static void Gains(int exposed, int control, double exposedShare, Span<long> gains)
    {
        ReadOnlySpan<double> ratio = RatioGrid.Ratio;
        ReadOnlySpan<double> logRatio = RatioGrid.LogRatio;
        int all = exposed + control;
        for (int i = 0; i < RatioGrid.Count; i++)
        {
            double gain = exposed * logRatio[i] - all * Math.Log(1 + exposedShare * (ratio[i] - 1));
            gains[i] = (long)Math.Round(gain * One);
        }
    }

    /// <summary>Takes one window's bets and returns the mixture's value.</summary>
    public double Bet(int control, ReadOnlySpan<long> gains)
    {
        Control += control;
        double sum = 0;
        for (int i = 0; i < RatioGrid.Count; i++)
        {
            _logs[i] += gains[i];

            // Beyond e^600 there is nothing left to prove, and doubles end at e^709.
            sum += Math.Exp(Math.Min(600, _logs[i] / One));
        }

        return sum / RatioGrid.Count;
    }

    public readonly void CopyLogs(Span<long> into) => ((ReadOnlySpan<long>)_logs).CopyTo(into);

    public double SetLogs(ReadOnlySpan<long> from)
    {
        from.CopyTo(_logs);
        double sum = 0;
        for (int i = 0; i < RatioGrid.Count; i++)
        {
            sum += Math.Exp(Math.Min(600, _logs[i] / One));
        }

        return sum / RatioGrid.Count;
    }

    [System.Runtime.CompilerServices.InlineArray(RatioGrid.Count)]
    private struct Fixed
    {
        private long _first;
    }
}
