namespace Ringwall.Rollouts;

/// <summary>
/// One e-process: exposed against control for one measure and age class, in one cell or over all of them.
/// </summary>
/// <remarks>
/// In a window with k first sightings, k₁ of them on exposed devices, and a share π of the watched time on exposed devices, k₁ is at most
/// Binomial(k, π) if the release does nothing. The bet on "r times as often" multiplies by r^k₁ / (1 + π(r − 1))^k, whose mean is then at most 1, so the
/// product over windows and strata is a nonnegative supermartingale, and so is the mixture over r. Lindon and Malek, NeurIPS 2022, section 4;
/// Robbins 1970; Waudby-Smith and Ramdas, JRSS B 2024.
/// Most of the stake is bet from the beginning. A fifth is cash that enters the bets little by little, on average after a day: a mixture over the moment at
/// which harm begins, so that quiet hours cost a late fault little (the idea of E-detectors: Shin, Ramdas and Rinaldo 2024).
/// Logarithms are kept in fixed point: sums then do not depend on their order.
/// </remarks>
internal struct EvidenceRow
{
    private const double One = 1L << 32;
    private const double Later = 0.2;
    private const double MeanMinutes = 24 * 60;

    private Fixed _logs;
    private long _due;

    /// <summary>First sightings on devices not yet exposed.</summary>
    public int Control;

    /// <summary>Minutes from the first window to the last bet. The cash that is left follows from it.</summary>
    public long Minute { get; private set; }

    /// <summary>First sightings that would have fallen on exposed devices, had chance alone dealt them.</summary>
    public readonly double Due => _due / One;

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

    public static EvidenceRow New()
    {
        var row = new EvidenceRow();
        ((Span<long>)row._logs).Fill((long)Math.Round(Math.Log(1 - Later) * One));
        return row;
    }

    /// <summary>Takes bets of the window that ends at <paramref name="minute"/> (after the first window's end) and returns the mixture's value.</summary>
    public double Bet(long minute, int control, double due, ReadOnlySpan<long> gains)
    {
        Control += control;
        _due += (long)Math.Round(due * One);
        Enter(minute);
        for (int i = 0; i < RatioGrid.Count; i++)
        {
            _logs[i] += gains[i];
        }

        return Value();
    }

    public readonly RowRecord Record(int index, int exposed) => new(index, exposed, Control, Minute, _due, [.. (ReadOnlySpan<long>)_logs]);

    /// <summary>Takes what was recorded and returns the mixture's value.</summary>
    public double Restore(RowRecord record)
    {
        Control = record.Control;
        Minute = record.Minute;
        _due = record.Due;
        record.Logs.CopyTo(_logs);
        return Value();
    }

    /// <summary>Cash enters once in a window, before its bets: what enters must not depend on what the window shows.</summary>
    private void Enter(long minute)
    {
        if (minute <= Minute)
        {
            return;
        }

        double entering = Cash(Minute) - Cash(minute);
        Minute = minute;
        for (int i = 0; i < RatioGrid.Count; i++)
        {
            double wealth = _logs[i] / One;
            if (wealth < 600)
            {
                _logs[i] = (long)Math.Round(Math.Log(Math.Exp(wealth) + entering) * One);
            }
        }
    }

    private readonly double Value()
    {
        double sum = 0;
        for (int i = 0; i < RatioGrid.Count; i++)
        {
            // Beyond e^600 there is nothing left to prove, and doubles end at e^709.
            sum += Math.Exp(Math.Min(600, _logs[i] / One));
        }

        return sum / RatioGrid.Count + Cash(Minute);
    }

    private static double Cash(long minute) => Later * Math.Exp(-minute / MeanMinutes);

    [System.Runtime.CompilerServices.InlineArray(RatioGrid.Count)]
    private struct Fixed
    {
        private long _first;
    }
}
