using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Ringwall.Server.Audit;
using Ringwall.Server.Health;
using Ringwall.Server.Rollouts;

namespace Ringwall.Server.Dashboard.Live;

/// <summary>
/// Tells open pages that something changed, with server-sent events; a page then asks for itself anew. What changed is not said: pages are rendered in one place.
/// </summary>
// Threads: any number of requests. One of them asks the database, at most once in a beat; the others take what it found.
internal sealed class LiveEvents(AuditLog audit, DeviceWatch devices, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1.5);

    /// <summary>Even when nothing changes: words such as "3 min ago" grow old.</summary>
    private const int SilentBeats = 20;

    /// <summary>Streams end by themselves (<see cref="Access.OpenStreams"/>), and a page should not look lost for that.</summary>
    private static readonly TimeSpan BeforeAgain = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _one = new(1, 1);
    private (long Change, long Records) _seen;
    private long _seenAt;

    public async IAsyncEnumerable<SseItem<string>> FollowAsync([EnumeratorCancellation] CancellationToken stop)
    {
        using PeriodicTimer timer = new(Beat, clock);
        (long, long) told = (-1, -1);
        int silent = 0;
        // At once, so that the page knows that it is connected.
        yield return new SseItem<string>("", "connected") { ReconnectionInterval = BeforeAgain };
        while (await NextAsync(timer, stop).ConfigureAwait(false) is { } now)
        {
            if (now == told && ++silent < SilentBeats)
            {
                continue;
            }

            silent = 0;
            told = now;
            yield return new SseItem<string>("", "changed");
        }
    }

    public void Dispose() => _one.Dispose();

    /// <returns>What is new after the next beat; null when the stream ends.</returns>
    private async Task<(long, long)?> NextAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop).ConfigureAwait(false) ? await LookAsync(stop).ConfigureAwait(false) : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<(long Change, long Records)> LookAsync(CancellationToken stop)
    {
        await _one.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (clock.GetElapsedTime(_seenAt) >= Beat * 0.9 || _seenAt == 0)
            {
                _seen = (await devices.ChangeAsync(stop).ConfigureAwait(false), (await audit.HeadAsync(stop).ConfigureAwait(false)).Number);
                _seenAt = clock.GetTimestamp();
            }

            return _seen;
        }
        finally
        {
            _one.Release();
        }
    }
}
