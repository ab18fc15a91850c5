using Ringwall.Kernel.Processes;

namespace Ringwall.Host.Decide;

/// <summary>
/// Processes whose asks are allowed at once: host, keeper and sensors. If one of them had to wait for a verdict, it might wait for itself.
/// </summary>
internal sealed class OwnProcesses
{
    // Replaced whole by Add and Remove under the lock, read without: a handful of numbers, looked through one by one.
    private readonly Lock _writing = new();
    private volatile int[] _pids = [];
    private int _expected;

    public bool Contains(int pid)
    {
        foreach (int own in _pids)
        {
            if (own == pid)
            {
                return true;
            }
        }

        // A child is executing before its parent learns its number. Only ours are born into our process group, of which the host is the
        // leader; the question is one call that opens nothing and waits for nobody.
        return Volatile.Read(ref _expected) > 0 && ProcessGroup.IsInOwn(pid);
    }

    /// <summary>Until disposed, children that have just been started count as ours too.</summary>
    public IDisposable ExpectChild()
    {
        Interlocked.Increment(ref _expected);
        return new Expectation(this);
    }

    public void Add(int pid)
    {
        lock (_writing)
        {
            _pids = [.. _pids.Where(own => own != pid), pid];
        }
    }

    public void Remove(int pid)
    {
        lock (_writing)
        {
            _pids = [.. _pids.Where(own => own != pid)];
        }
    }

    private sealed class Expectation(OwnProcesses own) : IDisposable
    {
        private int _over;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _over, 1) == 0)
            {
                Interlocked.Decrement(ref own._expected);
            }
        }
    }
}
