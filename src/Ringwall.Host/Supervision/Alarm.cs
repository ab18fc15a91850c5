using Ringwall.Kernel.Polling;

namespace Ringwall.Host.Supervision;

/// <summary>Wakes a thread that waits for descriptors, when the clock that it was given says so.</summary>
internal sealed class Alarm : IDisposable
{
    private readonly WakeUp _wake = new();
    private readonly ITimer _timer;

    // The timer's last call may come after Dispose, from another thread.
    private readonly Lock _guard = new();
    private bool _disposed;

    public Alarm(TimeProvider clock) => _timer = clock.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Readable from the moment on until <see cref="SetAfter"/> is called again.</summary>
    public Microsoft.Win32.SafeHandles.SafeFileHandle Handle => _wake.Handle;

    public void SetAfter(TimeSpan delay)
    {
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _wake.Clear();
        _timer.Change(delay < TimeSpan.Zero ? TimeSpan.Zero : delay, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_guard)
        {
            _disposed = true;
            _wake.Dispose();
        }
    }

    private void Ring()
    {
        lock (_guard)
        {
            if (!_disposed)
            {
                _wake.Set();
            }
        }
    }
}
