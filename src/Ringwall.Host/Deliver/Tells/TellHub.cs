using System.Numerics;
using Ringwall.Contract;

namespace Ringwall.Host.Deliver.Tells;

// Owns:         the list of subscriptions.
// Does not own: what makes events (Intake/Tells) and what takes them (TellDelivery, TellEventFeed).
// Threads:      any. Publishing takes each subscription's lock in turn, for as long as a copy takes; no subscriber waits for another.
// Ordering:     events of one source are published by one thread at a time, and reach each subscriber in that order.

/// <summary>Where events go in and subscribers are.</summary>
internal sealed class TellHub
{
    /// <summary>The sources of <see cref="TellKinds"/>: Process, File, Network.</summary>
    public const int Sources = 3;

    private readonly Lock _lock = new();
    private readonly long[] _published = new long[Sources];
    private readonly long[] _lostBefore = new long[Sources];
    private TellSubscription[] _subscriptions = [];     // replaced as a whole, under _lock
    private int _wanted;
    private int _inexact;

    /// <summary>What anybody wants. An event of another kind need not be encoded.</summary>
    public TellKinds Wanted => (TellKinds)Volatile.Read(ref _wanted);

    public IReadOnlyList<TellSubscription> Subscriptions => Volatile.Read(ref _subscriptions);

    /// <summary>Where subscriptions have their rings from.</summary>
    public TellRings Rings { get; } = new();

    public TellSubscription Subscribe(string name, TellKinds kinds, SubscriptionShape shape)
    {
        TellSubscription added = new(this, name, kinds, shape);
        lock (_lock)
        {
            Replace([.. _subscriptions, added]);
        }

        return added;
    }

    /// <inheritdoc cref="Subscribe(string, TellKinds, SubscriptionShape)"/>
    public TellSubscription Subscribe(string name, TellKinds kinds, int capacityBytes) =>
        Subscribe(name, kinds, new SubscriptionShape { CapacityBytes = capacityBytes });

    /// <summary>Gives an event to everybody who wants its source.</summary>
    public void Publish(TellKinds source, ReadOnlySpan<byte> encoded)
    {
        foreach (TellSubscription subscription in Volatile.Read(ref _subscriptions))
        {
            if ((subscription.Kinds & source) != 0)
            {
                subscription.Publish(source, encoded);
            }
        }
    }

    /// <summary>Tells everybody who wants the source that events of it were lost before they came here.</summary>
    public void PublishLoss(TellKinds source, ulong count, bool exact)
    {
        int index = IndexOf(source);
        Volatile.Write(ref _lostBefore[index], _lostBefore[index] + (long)count);
        if (!exact)
        {
            Volatile.Write(ref _inexact, _inexact | (int)source);
        }

        LossKind kind = new(source, LossPlace.Kernel, exact);
        foreach (TellSubscription subscription in Volatile.Read(ref _subscriptions))
        {
            if ((subscription.Kinds & source) != 0)
            {
                subscription.PublishLoss(kind, count);
            }
        }
    }

    /// <summary>The next event's number within its source. Called by the source's own thread, for every event, wanted or not.</summary>
    public ulong NextSequence(TellKinds source)
    {
        int index = IndexOf(source);
        long next = _published[index] + 1;
        Volatile.Write(ref _published[index], next);
        return (ulong)(next + _lostBefore[index]);
    }

    /// <summary>Events of a source that came from the kernel, those that were lost before they came, and whether that number is exact.</summary>
    public (long Events, long Lost, bool Exact) Figures(TellKinds source)
    {
        int index = IndexOf(source);
        return (Volatile.Read(ref _published[index]), Volatile.Read(ref _lostBefore[index]), (Volatile.Read(ref _inexact) & (int)source) == 0);
    }

    internal static int IndexOf(TellKinds source) => BitOperations.TrailingZeroCount((uint)source);

    internal static TellKinds SourceAt(int index) => (TellKinds)(1u << index);

    internal static ulong NowNs() => (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;

    internal void Remove(TellSubscription subscription)
    {
        lock (_lock)
        {
            Replace([.. _subscriptions.Where(other => other != subscription)]);
        }
    }

    private void Replace(TellSubscription[] all)
    {
        Volatile.Write(ref _subscriptions, all);
        TellKinds wanted = TellKinds.None;
        foreach (TellSubscription subscription in all)
        {
            wanted |= subscription.Kinds;
        }

        Volatile.Write(ref _wanted, (int)wanted);
    }
}
