using Ringwall.Contract;
using Ringwall.Host.Control;
using Ringwall.Host.Journal;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Deliver.Tells;

/// <summary>Tell events for operators who follow them: each is one more subscriber with a ring of its own.</summary>
/// <param name="hub">Where they are published.</param>
/// <param name="journal">Where they are kept; null when they are not.</param>
internal sealed class TellEventFeed(TellHub hub, EventJournal? journal = null) : IEventFeed
{
    private const int RingBytes = 1 << 20;

    public IFollower<EventLine> Follow(EventFilter filter) => new Follower(hub, filter);

    public IFollower<EventLine>? Since(EventFilter filter, DateTimeOffset since, bool andOn) =>
        journal is null ? null : new JournalFollower(journal, filter, since, andOn ? () => Follow(filter) : null);

    // Owns:    one subscription.
    // Threads: one reads; the hub's publishers set the signal.
    private sealed class Follower : IFollower<EventLine>
    {
        private readonly EventFilter _filter;
        private readonly TellSubscription _subscription;
        private readonly SemaphoreSlim _ready = new(0, 1);
        private readonly Queue<EventLine> _lines = new();
        private readonly byte[] _batch = new byte[Protocol.MaxMessageBytes];

        public Follower(TellHub hub, EventFilter filter)
        {
            _filter = filter;
            _subscription = hub.Subscribe(
                "follower", EventLines.SourcesOf(filter), new SubscriptionShape { CapacityBytes = RingBytes, Ready = Signal });
        }

        /// <summary>Losses come as events of their own, in their place.</summary>
        public long Missed => 0;

        public async ValueTask<EventLine?> NextAsync(CancellationToken stop)
        {
            while (true)
            {
                if (_lines.TryDequeue(out EventLine? next))
                {
                    return next;
                }

                if (!TakeBatch())
                {
                    await _ready.WaitAsync(stop).ConfigureAwait(false);
                }
            }
        }

        public void Dispose()
        {
            _subscription.Dispose();
            _ready.Dispose();
        }

        private bool TakeBatch()
        {
            if (!_subscription.TryTake(_batch, out int length) || !TellBatch.TryRead(_batch.AsSpan(0, length), out TellBatch batch))
            {
                return false;
            }

            foreach (ReadOnlySpan<byte> encoded in batch)
            {
                if (EventLines.From(encoded) is { } line && _filter.Wants(line))
                {
                    _lines.Enqueue(line);
                }
            }

            return true;
        }

        private void Signal()
        {
            try
            {
                if (_ready.CurrentCount == 0)
                {
                    _ready.Release();
                }
            }
            catch (SemaphoreFullException)
            {
                // Another publisher was faster; it is signalled.
            }
            catch (ObjectDisposedException)
            {
                // The follower has gone; its subscription is being taken out.
            }
        }
    }
}
