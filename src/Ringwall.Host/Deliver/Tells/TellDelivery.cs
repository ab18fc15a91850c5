using Ringwall.Contract;
using Ringwall.Kernel.Polling;
using Ringwall.Kernel.Sockets;

namespace Ringwall.Host.Deliver.Tells;

// Owns:         the delivery thread, and one subscription for each seated sensor that wants to be told.
// Does not own: the seats and their sockets (supervision), or what is published.
// Threads:      its own thread sends. Seat and Unseat come from any thread and wait, at most, for one round of sends, none of which waits.
// Ordering:     each sensor gets its events in the order in which they were published. When Unseat returns, its socket is used no more.
// Fairness:     a sensor that does not read fills its own socket to the half and its own ring. Asks still have the other half, and nobody
//               else notices.

/// <summary>Packs what waits for each sensor and sends it.</summary>
internal sealed class TellDelivery : IDisposable
{
    /// <summary>An event waits at most about so long for others to travel with.</summary>
    public const int GatherMs = 10;

    private const int RingBytes = 4 * 1024 * 1024;
    private const int MuchBytes = 96 * 1024;
    private const int SendBufferBytes = 1024 * 1024;

    // A full socket is looked at again after a while, longer and longer while nothing is read. Not by EPOLLOUT: that says when three
    // quarters are free, which is neither when there is room for a batch nor that there is room for a long event.
    private const int LookAgainMs = 4;
    private const int LookAgainAtMostMs = 128;

    private readonly TellHub _hub;
    private readonly Lock _lock = new();
    private readonly Dictionary<SensorSeat, TellPost> _posts = [];      // guarded by _lock, as the posts are
    private readonly WakeUp _wake = new();
    private readonly byte[] _message = new byte[Protocol.MaxMessageBytes];
    private readonly Thread _thread;
    private int _woken;
    private volatile bool _stopping;

    public TellDelivery(TellHub hub)
    {
        _hub = hub;
        _thread = new Thread(Run) { Name = "tell delivery", IsBackground = true };
    }

    public void Start() => _thread.Start();

    /// <summary>From now on the sensor is told what it was granted.</summary>
    public void Seat(SensorSeat seat)
    {
        if (seat.Tells == TellKinds.None)
        {
            return;
        }

        int buffer = SocketQueue.SetSendBuffer(seat.Socket, SendBufferBytes);
        TellSubscription subscription = _hub.Subscribe(
            seat.Name, seat.Tells, new SubscriptionShape { CapacityBytes = RingBytes, Ready = Wake, MuchBytes = MuchBytes });
        lock (_lock)
        {
            _posts[seat] = new TellPost(seat.Socket, subscription, buffer / 2);
        }

        Wake();
    }

    /// <summary>The sensor is told nothing more, and its socket is not used any more. What waited for it counts as lost.</summary>
    public void Unseat(SensorSeat seat)
    {
        TellPost? post;
        lock (_lock)
        {
            if (!_posts.Remove(seat, out post))
            {
                return;
            }
        }

        post.Subscription.Dispose();
    }

    /// <summary>What became of the events for a seated sensor; all zeros for one that is not seated or not told.</summary>
    public SourceCounts Counts(SensorSeat seat, TellKinds source)
    {
        lock (_lock)
        {
            return _posts.TryGetValue(seat, out TellPost? post) ? post.Subscription.Counts(source) : default;
        }
    }

    public void Dispose()
    {
        _stopping = true;
        Wake();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        foreach (TellPost post in _posts.Values)
        {
            post.Subscription.Dispose();
        }

        _wake.Dispose();
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _woken, 1) == 0)
        {
            _wake.Set();
        }
    }

    private void Run()
    {
        int wait = -1;
        while (!_stopping)
        {
            if (Poll.Readable([_wake.Handle], wait) != 0)
            {
                _wake.Clear();
            }

            // A full fence: what was published before somebody found this set is seen below.
            _ = Interlocked.Exchange(ref _woken, 0);
            wait = -1;
            lock (_lock)
            {
                foreach (TellPost post in _posts.Values)
                {
                    int next = DeliverNeedsLock(post);
                    wait = wait < 0 || (next >= 0 && next < wait) ? next : wait;
                }
            }
        }
    }

    // Returns when to look again, in milliseconds; -1: not before something happens.
    private int DeliverNeedsLock(TellPost post)
    {
        while (!post.IsClosed && post.Subscription.HasSomething(out long since, out int bytes))
        {
            int left = (int)(since + GatherMs - Environment.TickCount64);
            if (bytes < MuchBytes && left > 0)
            {
                return left;
            }

            switch (SendOneNeedsLock(post))
            {
                case SendOutcome.Sent:
                    post.LookAgainMs = LookAgainMs;
                    break;
                case SendOutcome.Full:
                    int again = post.LookAgainMs;
                    post.LookAgainMs = Math.Min(2 * again, LookAgainAtMostMs);
                    return again;
                default:
                    // Its end is closed: supervision will notice and unseat it.
                    post.IsClosed = true;
                    break;
            }
        }

        return -1;
    }

    private SendOutcome SendOneNeedsLock(TellPost post)
    {
        int onItsWay = SocketQueue.Outgoing(post.Socket);

        // One event may be longer than half the buffer: it goes when nothing else is on its way.
        int room = onItsWay == 0 ? _message.Length : Math.Min(_message.Length, post.Half - onItsWay);
        if (room < TellPost.SmallestMessage)
        {
            return SendOutcome.Full;
        }

        Packed packed = post.Subscription.Pack(_message.AsSpan(0, room), out int length);
        if (length == 0)
        {
            return SendOutcome.Full;
        }

        SendOutcome outcome = post.Socket.TrySend(_message.AsSpan(0, length));
        if (outcome == SendOutcome.Sent)
        {
            post.Subscription.Take(packed);
        }

        return outcome;
    }
}
