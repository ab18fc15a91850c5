using System.Numerics;

namespace Ringwall.Host.Deliver.Tells;

// Owns:    rings that nobody uses now.
// Threads: any.

/// <summary>
/// Rings to be used again. A sensor that restarts often would otherwise leave megabytes behind at each start, on a heap that is collected last.
/// </summary>
internal sealed class TellRings
{
    /// <summary>More than so many are not kept: what was once used by many at a time is not held for ever.</summary>
    public const int MostIdle = 4;

    private readonly Lock _lock = new();
    private readonly List<TellRingBuffer> _idle = [];      // guarded by _lock
    private long _made;

    /// <summary>How many were ever made.</summary>
    public long Made => Interlocked.Read(ref _made);

    /// <summary>An empty ring, of at least so many bytes.</summary>
    public TellRingBuffer Take(int atLeastBytes)
    {
        lock (_lock)
        {
            int found = _idle.FindIndex(ring => ring.Capacity == BitOperations.RoundUpToPowerOf2((uint)atLeastBytes));
            if (found >= 0)
            {
                TellRingBuffer ring = _idle[found];
                _idle.RemoveAt(found);
                return ring;
            }
        }

        Interlocked.Increment(ref _made);
        return new TellRingBuffer(atLeastBytes);
    }

    /// <summary>Takes a ring back. Whoever gives it keeps no hold of it.</summary>
    public void GiveBack(TellRingBuffer ring)
    {
        ring.Release(ring.Tail);
        lock (_lock)
        {
            // The one that lay longest goes: its size may be one that nobody asks for any more.
            if (_idle.Count == MostIdle)
            {
                _idle.RemoveAt(0);
            }

            _idle.Add(ring);
        }
    }
}
