using System.Threading.Channels;

namespace Ringwall.Host.Control;

// Owns:         the followers' queues.
// Threads:      any. Publish never waits for a follower.

/// <summary>Those who follow something. One that does not read misses what does not fit its queue; nobody waits for it.</summary>
internal sealed class Followers<T>(int queueAtMost) : IDisposable
    where T : class
{
    private readonly Lock _lock = new();
    private Follower[] _all = [];      // replaced as a whole, under _lock
    private bool _over;

    public int Count => _all.Length;

    public IFollower<T> Add()
    {
        Follower added = new(this, queueAtMost);
        lock (_lock)
        {
            if (_over)
            {
                added.End();
            }

            _all = [.. _all, added];
        }

        return added;
    }

    public void Publish(T item)
    {
        foreach (Follower follower in _all)
        {
            follower.Offer(item);
        }
    }

    /// <summary>There will be no more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _over = true;
            foreach (Follower follower in _all)
            {
                follower.End();
            }
        }
    }

    private void Remove(Follower follower)
    {
        lock (_lock)
        {
            _all = [.. _all.Where(other => other != follower)];
        }
    }

    private sealed class Follower(Followers<T> all, int queueAtMost) : IFollower<T>
    {
        private readonly Channel<T> _queue = Channel.CreateBounded<T>(queueAtMost);
        private long _missed;

        public long Missed => Interlocked.Read(ref _missed);

        public void Offer(T item)
        {
            if (!_queue.Writer.TryWrite(item))
            {
                Interlocked.Increment(ref _missed);
            }
        }

        public void End() => _queue.Writer.TryComplete();

        public async ValueTask<T?> NextAsync(CancellationToken stop)
        {
            while (await _queue.Reader.WaitToReadAsync(stop).ConfigureAwait(false))
            {
                if (_queue.Reader.TryRead(out T? next))
                {
                    return next;
                }
            }

            return null;
        }

        public void Dispose() => all.Remove(this);
    }
}
