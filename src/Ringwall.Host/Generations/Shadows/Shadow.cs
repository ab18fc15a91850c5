// Owns:         the asks that a shadow was sent and has not answered. Does not own the seat, nor the sensor's life.
// Threads:      a thread of its own receives from the socket while the sensor is seated here; TryAsk, TryTell and the rest come from any.
//               _lock guards the seat, the open asks and the sensor's counters; the listener is called without it.
// Ordering:     when Release or Unseat returns, the socket is received from no more and every ask has had its end.

using Ringwall.Contract;
using Ringwall.Host.Deliver;
using Ringwall.Kernel.Polling;
using Ringwall.Kernel.Scheduling;

namespace Ringwall.Host.Generations.Shadows;

/// <summary>Asks one sensor beside service: what it says is handed to whoever listens and goes nowhere else.</summary>
internal sealed class Shadow : IDisposable
{
    private const int MostOpen = 1024;
    private const int MessagesAtOnce = 256;
    private const uint FirstPlace = 0x8000_0000;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, Open> _open = [];
    private readonly List<(ulong Ticket, long SentNs)> _over = [];     // the receiving thread's
    private readonly WakeUp _wake = new();
    private readonly byte[] _message = new byte[Protocol.MaxMessageBytes];
    private volatile IShadowListener? _listener;
    private SensorSeat? _seat;
    private Thread? _thread;
    private volatile bool _leaving;
    private long _told;

    /// <summary>Events that were told here, beside the live ones.</summary>
    public long Told => Interlocked.Read(ref _told);

    /// <summary>
    /// Whether a ticket may be a shadow's. The host's own have the ask's slot in the low half, which never is that large (<see cref="Decide.AskTable"/>): a verdict that
    /// comes after the sensor has changed sides can be taken for no other.
    /// </summary>
    public static bool IsTicket(ulong ticket) => (uint)ticket >= FirstPlace;

    /// <summary>Makes a ticket of a number.</summary>
    public static ulong Ticket(ulong number) => ((number & 0x7FFF_FFFF_8000_0000) << 1) | FirstPlace | (number & 0x7FFF_FFFF);

    /// <inheritdoc cref="IShadow.Listen"/>
    public void Listen(IShadowListener? listener) => _listener = listener;

    /// <summary>The sensor stands here from now on.</summary>
    public void Seat(SensorSeat seat)
    {
        lock (_lock)
        {
            _seat = seat;
        }

        _leaving = false;
        _thread = new Thread(() => Receive(seat)) { Name = $"shadow {seat.Name}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The sensor stands here no more: it goes into service, or it is gone.</summary>
    public void Release()
    {
        if (_thread is null)
        {
            return;
        }

        lock (_lock)
        {
            _seat = null;
        }

        _leaving = true;
        _wake.Set();
        _thread.Join();
        _thread = null;
        EndAll();
    }

    /// <inheritdoc cref="IShadow.TryAsk"/>
    /// <exception cref="ArgumentException">The ticket is not one of <see cref="Ticket"/>.</exception>
    public ShadowSend TryAsk(ulong ticket, EventClass of, ReadOnlySpan<byte> message, long deadlineNs, int descriptor)
    {
        if (!IsTicket(ticket))
        {
            throw new ArgumentException($"{ticket:x} could be taken for an ask of the kernel's.", nameof(ticket));
        }

        lock (_lock)
        {
            AskKinds kind = of == EventClass.Exec ? AskKinds.Exec : AskKinds.Open;
            if (_seat is not { IsClosed: false } seat || (seat.Asks & kind) == 0)
            {
                return ShadowSend.NotTaken;
            }

            if (_open.Count >= MostOpen || !_open.TryAdd(ticket, new Open(MonotonicClock.NowNs, deadlineNs)))
            {
                return ShadowSend.Full;
            }

            switch (seat.Socket.TrySend(message, seat.WantsDescriptor ? descriptor : -1))
            {
                case SendOutcome.Sent:
                    seat.Counters.CountAsked();
                    break;
                case SendOutcome.Closed:
                    _open.Remove(ticket);
                    return ShadowSend.NotTaken;
                default:
                    _open.Remove(ticket);
                    return ShadowSend.Full;
            }

            if (_open.Count == 1)
            {
                _wake.Set();    // the thread waits without an end while nothing is open
            }
        }

        return ShadowSend.Sent;
    }

    /// <inheritdoc cref="IShadow.TryTell"/>
    public ShadowSend TryTell(ReadOnlySpan<byte> message, int events)
    {
        lock (_lock)
        {
            if (_seat is not { IsClosed: false } seat || seat.Tells == TellKinds.None)
            {
                return ShadowSend.NotTaken;
            }

            switch (seat.Socket.TrySend(message))
            {
                case SendOutcome.Sent:
                    Interlocked.Add(ref _told, events);
                    return ShadowSend.Sent;
                case SendOutcome.Closed:
                    return ShadowSend.NotTaken;
                default:
                    return ShadowSend.Full;
            }
        }
    }

    public void Dispose()
    {
        Release();
        _wake.Dispose();
    }

    private void Receive(SensorSeat seat)
    {
        bool closed = false;
        while (!_leaving)
        {
            _ = Poll.Readable([_wake.Handle, closed ? null : seat.Socket], Patience());
            _wake.Clear();
            closed = closed || !Hear(seat);
            EndOverdue(seat);
        }
    }

    // Milliseconds to the first deadline.
    private int Patience()
    {
        lock (_lock)
        {
            if (_open.Count == 0)
            {
                return -1;
            }

            long first = _open.Values.Min(open => open.DeadlineNs);
            return (int)Math.Clamp(((first - MonotonicClock.NowNs) / 1_000_000) + 1, 1, 1000);
        }
    }

    // Whether there may come more.
    private bool Hear(SensorSeat seat)
    {
        for (int i = 0; i < MessagesAtOnce && !_leaving; i++)
        {
            switch (seat.Socket.TryReceive(_message, out int length))
            {
                case ReceiveOutcome.Received:
                    HearOne(seat, _message.AsSpan(0, length));
                    break;
                case ReceiveOutcome.TooLong:
                    seat.Counters.CountMalformed();
                    break;
                case ReceiveOutcome.Closed or ReceiveOutcome.Refused:
                    lock (_lock)
                    {
                        seat.IsClosed = true;
                    }

                    EndAll();
                    return false;
                default:
                    return true;
            }
        }

        return true;
    }

    private void HearOne(SensorSeat seat, ReadOnlySpan<byte> message)
    {
        if (!MessageHead.TryRead(message, out MessageKind kind))
        {
            seat.Counters.CountMalformed();
        }
        else if (kind != MessageKind.Verdict)
        {
            seat.Inbox.Put(message);
        }
        else if (!VerdictMessage.TryRead(message, out VerdictMessage said))
        {
            seat.Counters.CountMalformed();
        }
        else
        {
            HearVerdict(seat, said);
        }
    }

    private void HearVerdict(SensorSeat seat, in VerdictMessage said)
    {
        long took;
        lock (_lock)
        {
            seat.Counters.CountVerdict(said.Cacheable);
            if (!_open.Remove(said.Ticket, out Open open))
            {
                // What it was asked in service, before it was muted, has been asked of another.
                if (IsTicket(said.Ticket))
                {
                    seat.Counters.CountNotExpected();
                }

                return;
            }

            took = MonotonicClock.NowNs - open.SentNs;
            seat.Counters.CountAnswered(said.Verdict == Verdict.Deny);
            seat.Counters.Latency.Record(took);
        }

        _listener?.Ended(said.Ticket, said.Verdict, said.Reason, took);
    }

    private void EndOverdue(SensorSeat seat)
    {
        long now = MonotonicClock.NowNs;
        _over.Clear();
        lock (_lock)
        {
            foreach ((ulong ticket, Open open) in _open)
            {
                if (open.DeadlineNs <= now)
                {
                    _over.Add((ticket, open.SentNs));
                }
            }

            foreach ((ulong ticket, _) in _over)
            {
                _open.Remove(ticket);
                seat.Counters.CountMissedDeadline();
            }
        }

        foreach ((ulong ticket, long sent) in _over)
        {
            _listener?.Ended(ticket, Verdict.None, default, now - sent);
        }
    }

    private void EndAll()
    {
        (ulong Ticket, Open Open)[] all;
        lock (_lock)
        {
            all = [.. _open.Select(one => (one.Key, one.Value))];
            _open.Clear();
        }

        foreach ((ulong ticket, Open open) in all)
        {
            _listener?.Ended(ticket, Verdict.None, default, MonotonicClock.NowNs - open.SentNs);
        }
    }

    private readonly record struct Open(long SentNs, long DeadlineNs);
}
