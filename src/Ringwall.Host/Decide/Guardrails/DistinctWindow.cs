namespace Ringwall.Host.Decide.Guardrails;

// Owns:     as many places as the limit.
// Threads:  Add and Clear by one at a time; Count by any, and off by what is added meanwhile.

/// <summary>Counts distinct things of the last span, exactly, up to a limit: beyond that it does not matter how many more there are.</summary>
/// <param name="limit">So many may be there at once; 0 is without limit, and nothing is counted.</param>
/// <param name="span">How long one counts after it was last seen.</param>
internal sealed class DistinctWindow(int limit, TimeSpan span)
{
    private readonly ulong[] _keys = new ulong[limit];
    private readonly long[] _last = new long[limit];
    private readonly long _spanNs = span.Ticks * 100;
    private int _used;

    public int Limit => limit;

    /// <summary>Counts one. Allocates nothing; takes as long as looking through <see cref="Limit"/> numbers.</summary>
    /// <param name="key">What it is; equal for the same.</param>
    /// <param name="nowNs">Never smaller than the last.</param>
    /// <returns>True when there are more than the limit: this one found no place.</returns>
    public bool Add(ulong key, long nowNs)
    {
        if (limit == 0)
        {
            return false;
        }

        int place = _keys.AsSpan(0, _used).IndexOf(key);
        if (place < 0)
        {
            place = _used < limit ? _used : Expired(nowNs);
        }

        if (place < 0)
        {
            return true;
        }

        _keys[place] = key;
        Volatile.Write(ref _last[place], nowNs);
        if (place == _used)
        {
            Volatile.Write(ref _used, _used + 1);
        }

        return false;
    }

    /// <summary>How many are there now.</summary>
    public int Count(long nowNs)
    {
        int count = 0;
        for (int i = Volatile.Read(ref _used) - 1; i >= 0; i--)
        {
            count += nowNs - Volatile.Read(ref _last[i]) < _spanNs ? 1 : 0;
        }

        return count;
    }

    public void Clear() => Volatile.Write(ref _used, 0);

    private int Expired(long nowNs)
    {
        for (int i = 0; i < _used; i++)
        {
            if (nowNs - _last[i] >= _spanNs)
            {
                return i;
            }
        }

        return -1;
    }
}
