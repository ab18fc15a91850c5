using System.Diagnostics;
using Ringwall.Museum.Staging;
using Ringwall.Wire.Status;

namespace Ringwall.Museum.Replays;

// Owns:    a thread and its own connection to the host.
// Threads: the thread fills the list under the lock; readers get copies.

/// <summary>Looks at the host's status every few milliseconds and keeps what it saw.</summary>
internal sealed class Sightings : IDisposable
{
    private const int EveryMs = 15;
    private readonly HostLine _line;
    private readonly Thread _thread;
    private readonly Lock _guard = new();
    private readonly List<StatusSample> _samples = [];
    private volatile bool _ends;

    public Sightings(string runDirectory)
    {
        _line = new HostLine(runDirectory);
        _thread = new Thread(Look) { Name = "sightings", IsBackground = true };
        _thread.Start();
    }

    public IReadOnlyList<StatusSample> Samples
    {
        get
        {
            lock (_guard)
            {
                return [.. _samples];
            }
        }
    }

    public HostStatus? Latest
    {
        get
        {
            lock (_guard)
            {
                return _samples.LastOrDefault()?.Status;
            }
        }
    }

    public void Dispose()
    {
        _ends = true;
        _thread.Join();
        _line.Dispose();
    }

    private void Look()
    {
        for (; !_ends; Thread.Sleep(EveryMs))
        {
            HostStatus? status = _line.Status();
            lock (_guard)
            {
                _samples.Add(new StatusSample(Stopwatch.GetTimestamp(), status));
            }
        }
    }
}
