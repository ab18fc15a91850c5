namespace Ringwall.Host.Deliver.Asks;

/// <summary>What one sensor did, counted by the answering thread and read by any.</summary>
internal sealed class SeatCounters
{
    // Verdicts in a row that nothing may remember, before it is taken to be its habit.
    private const int Patience = 64;
    private int _uncacheable;
    private long _asked;
    private long _answered;
    private long _denied;
    private long _missed;
    private long _excused;
    private long _unasked;
    private long _malformed;
    private long _undelivered;
    private long _advisory;

    /// <summary>Asks that were put into its socket.</summary>
    public long Asked => Volatile.Read(ref _asked);

    /// <summary>Verdicts that counted.</summary>
    public long Answered => Volatile.Read(ref _answered);

    /// <summary>Verdicts that counted and denied.</summary>
    public long Denied => Volatile.Read(ref _denied);

    /// <summary>Of those, denials that were recorded and not applied.</summary>
    public long Advisory => Volatile.Read(ref _advisory);

    /// <summary>Asks that it had not answered when the deadline came.</summary>
    public long MissedDeadlines => Volatile.Read(ref _missed);

    /// <summary>
    /// Verdicts that it owed to nobody: repeated or invented. For each ask that ended without it, by the deadline or by somebody else's
    /// denial, one may still come. Never too many: what is subtracted is read last.
    /// </summary>
    public long NotExpected => Math.Max(0, Volatile.Read(ref _unasked) - Volatile.Read(ref _missed) - Volatile.Read(ref _excused));

    /// <summary>Messages that could not be read.</summary>
    public long Malformed => Volatile.Read(ref _malformed);

    /// <summary>Times that its socket was full and an ask had to wait for room.</summary>
    public long SocketFull => Volatile.Read(ref _undelivered);

    /// <summary>From the ask's sending to the verdict's arrival.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>
    /// Verdicts that may still come, as far as the answering thread knows: never too few while asks are open, too many once it has failed to answer.
    /// </summary>
    public int Awaited { get; private set; }

    public void CountAsked()
    {
        Volatile.Write(ref _asked, _asked + 1);
        Awaited++;
    }

    /// <summary>Whether it is worth the effort to prepare for remembering: it has lately said of some verdict that it holds for the file.</summary>
    public bool SaysCacheable => _uncacheable < Patience;

    /// <summary>A verdict came, whatever it is worth.</summary>
    public void CountVerdict(bool cacheable)
    {
        Awaited = Math.Max(0, Awaited - 1);
        _uncacheable = cacheable ? 0 : Math.Min(_uncacheable + 1, Patience);
    }

    public void CountAnswered(bool denied)
    {
        Volatile.Write(ref _answered, _answered + 1);
        Volatile.Write(ref _denied, _denied + (denied ? 1 : 0));
    }

    public void CountAdvisory() => Volatile.Write(ref _advisory, _advisory + 1);

    public void CountMissedDeadline() => Volatile.Write(ref _missed, _missed + 1);

    /// <summary>An ask was decided before it had answered; its verdict may be on its way.</summary>
    public void CountExcused() => Volatile.Write(ref _excused, _excused + 1);

    /// <summary>A verdict came for a ticket that was not open for it.</summary>
    public void CountNotExpected() => Volatile.Write(ref _unasked, _unasked + 1);

    public void CountMalformed() => Volatile.Write(ref _malformed, _malformed + 1);

    public void CountSocketFull() => Volatile.Write(ref _undelivered, _undelivered + 1);
}
