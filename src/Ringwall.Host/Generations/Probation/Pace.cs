namespace Ringwall.Host.Generations.Probation;

/// <summary>Lets so many through a second, a tenth of a second's worth at once. Any thread.</summary>
internal sealed class Pace(TimeProvider clock, int perSecond)
{
    private readonly Lock _lock = new();
    private readonly double _most = Math.Max(1, perSecond / 10.0);
    private double _left = 1;
    private long _last = clock.GetTimestamp();

    public bool TryTake()
    {
        lock (_lock)
        {
            long now = clock.GetTimestamp();
            _left = Math.Min(_most, _left + (clock.GetElapsedTime(_last, now).TotalSeconds * perSecond));
            _last = now;
            if (_left < 1)
            {
                return false;
            }

            _left--;
            return true;
        }
    }
}
