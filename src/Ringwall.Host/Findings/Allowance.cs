namespace Ringwall.Host.Findings;

/// <summary>How many findings a sensor may report: a burst, and so many per second after it. A bucket that fills with time. Its moments are of a clock that never jumps.</summary>
internal sealed class Allowance(int burst, int perSecond, long nowMs)
{
    private double _left = burst;
    private long _lastMs = nowMs;

    /// <summary>Refused since the last one that was allowed.</summary>
    public long Refused { get; private set; }

    public bool TryTake(long nowMs)
    {
        _left = Math.Min(burst, _left + ((nowMs - _lastMs) * perSecond / 1000.0));
        _lastMs = nowMs;
        if (_left < 1)
        {
            Refused++;
            return false;
        }

        _left--;
        return true;
    }

    /// <summary>How many were refused since this was last called.</summary>
    public long TakeRefused()
    {
        long refused = Refused;
        Refused = 0;
        return refused;
    }
}
