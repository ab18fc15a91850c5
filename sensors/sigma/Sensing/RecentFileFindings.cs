namespace Ringwall.Sensors.Sigma.Sensing;

/// <summary>
/// A program that writes a new file causes two events, one when the file is created and one when it is closed. A rule about the path would report both.
/// This remembers what was found lately, so that the second is not reported. Threads: the tell thread only.
/// </summary>
internal sealed class RecentFileFindings
{
    private const int Most = 1024;
    private const ulong Nanoseconds = 60UL * 1_000_000_000;

    private readonly Dictionary<(string Rule, uint Pid, ulong Start, int Path), ulong> _times = [];
    private readonly Queue<(string Rule, uint Pid, ulong Start, int Path)> _byAge = new();

    /// <summary>False: the same rule found the same process at the same path less than a minute of event time ago.</summary>
    public bool IsNew(string rule, uint pid, ulong start, ReadOnlySpan<byte> path, ulong time)
    {
        var hash = default(HashCode);
        hash.AddBytes(path);
        (string Rule, uint Pid, ulong Start, int Path) key = (rule, pid, start, hash.ToHashCode());
        if (_times.TryGetValue(key, out ulong before))
        {
            bool old = time > before && time - before >= Nanoseconds;
            if (old)
            {
                _times[key] = time;
            }

            return old;
        }

        if (_byAge.Count == Most)
        {
            _times.Remove(_byAge.Dequeue());
        }

        _byAge.Enqueue(key);
        _times.Add(key, time);
        return true;
    }
}
