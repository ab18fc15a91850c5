// Owns:     the queue of what is to be done about generations, and the thread that does it.
// Threads:  Post from any, never waiting. What is posted runs here, one after another, and between two pieces of work Tick is called.

using System.Collections.Concurrent;

namespace Ringwall.Host.Generations.Succession;

/// <summary>Does what is to be done about generations, one thing at a time.</summary>
internal sealed class SuccessionThread : IDisposable
{
    private static readonly TimeSpan BetweenTicks = TimeSpan.FromMilliseconds(250);

    private readonly BlockingCollection<Action> _work = [];
    private readonly Action _tick;
    private readonly Action<string> _say;
    private readonly Thread _thread;

    /// <param name="tick">Called several times a second.</param>
    /// <param name="say">Hears of work that failed.</param>
    public SuccessionThread(Action tick, Action<string> say)
    {
        _tick = tick;
        _say = say;
        _thread = new Thread(Run) { Name = "succession", IsBackground = true };
    }

    public void Start() => _thread.Start();

    /// <summary>After <see cref="Dispose"/> nothing is done any more.</summary>
    public void Post(Action work)
    {
        try
        {
            _work.Add(work);
        }
        catch (InvalidOperationException)
        {
            // The host ends.
        }
    }

    /// <summary>Does what was posted, then ends the thread.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _work.Dispose();
    }

    private void Run()
    {
        while (!_work.IsCompleted)
        {
            Action work = _work.TryTake(out Action? posted, BetweenTicks) ? posted : _tick;
            try
            {
                work();
            }
            catch (Exception e)
            {
                // One sensor's trouble must not keep the others from their fallback.
                _say($"a change of generations failed: {e.Message}");
            }
        }
    }
}
