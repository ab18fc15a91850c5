namespace Ringwall.Host.Deliver.Asks;

/// <summary>What one sensor did, counted by the answering thread and read by any.</summary>
internal sealed class SeatCounters
{
    private long _asked;
    private long _answered;
    private long _denied;
    private long _missed;
    private long _late;
    private long _malformed;
    private long _undelivered;

    /// <summary>Asks that were put into its socket.</summary>
    public long Asked => Volatile.Read(ref _asked);

    /// <summary>Verdicts that counted.</summary>
    public long Answered => Volatile.Read(ref _answered);

    /// <summary>Verdicts that counted and denied.</summary>
    public long Denied => Volatile.Read(ref _denied);

    /// <summary>Asks that it had not answered when the deadline came.</summary>
    public long MissedDeadlines => Volatile.Read(ref _missed);

    /// <summary>Verdicts for a ticket that was not open for it: late, repeated or invented.</summary>
    public long NotExpected => Volatile.Read(ref _late);

    /// <summary>Messages that could not be read.</summary>
    public long Malformed => Volatile.Read(ref _malformed);

    /// <summary>Times that its socket was full and an ask had to wait for room.</summary>
    public long SocketFull => Volatile.Read(ref _undelivered);

    /// <summary>From the ask's sending to the verdict's arrival.</summary>
    public LatencyHistogram Latency { get; } = new();

    public void CountAsked() => Volatile.Write(ref _asked, _asked + 1);

    public void CountAnswered(bool denied)
    {
        Volatile.Write(ref _answered, _answered + 1);
        Volatile.Write(ref _denied, _denied + (denied ? 1 : 0));
    }

    public void CountMissedDeadline() => Volatile.Write(ref _missed, _missed + 1);

    public void CountNotExpected() => Volatile.Write(ref _late, _late + 1);

    public void CountMalformed() => Volatile.Write(ref _malformed, _malformed + 1);

    public void CountSocketFull() => Volatile.Write(ref _undelivered, _undelivered + 1);
}
