using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Rollouts;

/// <summary>Tells pages that something changed. What is told twice in a row is told once; whoever listens too slowly misses what it would have asked for anyway.</summary>
public sealed class ChangeFeed
{
    private const int MostWaiting = 256;

    private readonly ConcurrentDictionary<Channel<FleetChange>, byte> _listeners = new();

    public void Tell(FleetChange change)
    {
        foreach (Channel<FleetChange> listener in _listeners.Keys)
        {
            listener.Writer.TryWrite(change);
        }
    }

    public async IAsyncEnumerable<FleetChange> ListenAsync([EnumeratorCancellation] CancellationToken stop)
    {
        Channel<FleetChange> mine = Channel.CreateBounded<FleetChange>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        _listeners.TryAdd(mine, 0);

        // Whoever goes away is no error: what it listened to ends.
        using CancellationTokenRegistration gone = stop.Register(() => mine.Writer.TryComplete());
        try
        {
            await foreach (FleetChange change in mine.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return change;
            }
        }
        finally
        {
            _listeners.TryRemove(mine, out _);
        }
    }
}
