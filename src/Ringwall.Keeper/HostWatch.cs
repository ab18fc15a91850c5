using Ringwall.Kernel.Handover;

namespace Ringwall.Keeper;

/// <summary>
/// Tells a stuck host from an idle one: something waits, and nothing moves. Counted in looks, not in time, so that a machine
/// that was suspended, or so loaded that this process did not run either, does not count against the host.
/// </summary>
internal sealed class HostWatch(Heartbeat heartbeat, int patience)
{
    private ulong _tick;
    private ulong _progress;
    private int _looksWithoutTick;
    private int _looksWithoutProgress;

    /// <summary>One look. <paramref name="somethingWaits"/>: the group is readable.</summary>
    /// <returns>True when the host has been stuck for <c>patience</c> looks in a row.</returns>
    public bool IsStuck(bool somethingWaits)
    {
        ulong tick = heartbeat.Tick;
        ulong progress = heartbeat.Progress;
        _looksWithoutProgress = somethingWaits && progress == _progress ? _looksWithoutProgress + 1 : 0;
        _looksWithoutTick = (somethingWaits || heartbeat.Pending > 0) && tick == _tick ? _looksWithoutTick + 1 : 0;
        _tick = tick;
        _progress = progress;
        return _looksWithoutProgress >= patience || _looksWithoutTick >= patience;
    }

    /// <summary>A new host starts with a clean sheet.</summary>
    public void Reset() => (_looksWithoutTick, _looksWithoutProgress) = (0, 0);
}
