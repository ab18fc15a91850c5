// Owns:         the ring, the list of reviewers, the thread that shows the one to the others.
// Threads:      its own shows. Add and Remove come from any; when Remove returns, that reviewer is called no more.

using Ringwall.Kernel.Files;
using Ringwall.Kernel.Polling;

namespace Ringwall.Host.Review;

/// <summary>Shows every answered ask to everybody who wants to look at it, some milliseconds after its answer.</summary>
internal sealed class ReviewThread : IDisposable
{
    private const int ShortestPauseMs = 4;
    private const int LongestPauseMs = 64;
    private const int LongestWhy = 4096;

    private readonly Lock _lock = new();    // held while reviewers look
    private readonly WakeUp _wake = new();
    private readonly byte[] _scratch = new byte[OpenFile.LongestPath + LongestWhy];
    private readonly Thread _thread;
    private IReviewer[] _reviewers = [];
    private volatile bool _stopping;
    private long _faults;

    public ReviewThread()
    {
        _thread = new Thread(Run) { Name = "review", IsBackground = true };
    }

    public ReviewRing Ring { get; } = new();

    /// <summary>How often a reviewer failed; it goes on being called.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    public void Start() => _thread.Start();

    /// <summary>From now on it is called for what is answered from now on.</summary>
    public void Add(IReviewer reviewer)
    {
        lock (_lock)
        {
            ReplaceNeedsLock([.. _reviewers, reviewer]);
        }
    }

    public void Remove(IReviewer reviewer)
    {
        lock (_lock)
        {
            ReplaceNeedsLock([.. _reviewers.Where(other => other != reviewer)]);
        }
    }

    /// <summary>Shows what waits, then ends.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _wake.Dispose();
    }

    private void ReplaceNeedsLock(IReviewer[] all)
    {
        _reviewers = all;
        Ring.Wish = all.Select(reviewer => reviewer.Wish).DefaultIfEmpty().Max();
        Ring.IsWanted = all.Length > 0;
        _wake.Set();
    }

    private void Run()
    {
        int pause = ShortestPauseMs;
        while (!_stopping)
        {
            // A machine at rest is looked at less often, but where files wait open; without reviewers, not at all.
            if (Poll.Readable([_wake.Handle], Ring.IsWanted ? pause : -1) != 0)
            {
                _wake.Clear();
            }

            pause = Round() > 0 ? ShortestPauseMs : Math.Min(pause * 2, Ring.Wish == DescriptorWish.All ? ShortestPauseMs : LongestPauseMs);
        }

        Round();
    }

    private int Round()
    {
        lock (_lock)
        {
            return Ring.Take(_scratch, Show);
        }
    }

    private void Show(in ReviewedAsk ask)
    {
        foreach (IReviewer reviewer in _reviewers)
        {
            try
            {
                reviewer.Review(ask);
            }
            catch (Exception e) when (e is IOException or InvalidOperationException or Kernel.KernelException)
            {
                // What one of them cannot do must not keep the others from looking.
                Interlocked.Increment(ref _faults);
            }
        }
    }
}
