using Ringwall.Contract;
using Ringwall.Host.Decide.Blocking;
using Ringwall.Host.Deliver.Asks;
using Ringwall.Host.Findings;
using Ringwall.Host.Intake.Asks;
using Ringwall.Host.Intake.Tells;
using Ringwall.Host.Review;
using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Scheduling;
using Answer = Ringwall.Host.Decide.AskCounters.Answer;

namespace Ringwall.Host.Decide;

// Owns:     the end of every ask: its answer, what is remembered of it, its slot and its descriptor.
// Threads:  the answering thread only; DeadlineThread may have answered before (AskTable.TryClaim settles who does).
// Ordering: everybody who waits is answered before anything else is done.

/// <summary>Answers asks that were opened, and tidies up after them.</summary>
internal sealed class AskEnding(AskContext context, SeatTable seats, RememberedVerdicts remembered, KernelMemory kernel, AskCounters counters)
{
    private readonly byte[] _path = GC.AllocateArray<byte>(OpenFile.LongestPath, pinned: true);
    private readonly AskTable _asks = context.Asks;

    /// <summary>The ask that others with the same question follow.</summary>
    public Dictionary<SameQuestion, int> Leaders { get; } = new(context.Asks.Capacity);

    /// <summary>An operator's question, and the slot that it is asked in.</summary>
    public Inquiry? Inquiry { get; set; }

    public int InquirySlot { get; set; } = -1;

    /// <summary>What the ask that is ended for <see cref="DecisionReason.Blocked"/> is blocked by.</summary>
    public BlockedContent? Block { get; set; }

    /// <summary>Answers the ask and all that follow it, then remembers, notes down and frees.</summary>
    public void Finish(int slot, Verdict verdict, DecisionReason reason, ReadOnlySpan<byte> why = default)
    {
        ref Ask ask = ref _asks[slot];
        long answeredNs = 0;
        bool first = true;
        for (int one = slot; one >= 0; first = false)
        {
            int next = _asks[one].Next;
            uint late = _asks[one].WaitsFor & ~_asks[one].Unsent;
            if (_asks.TryClaim(one, _asks[one].Number, AskState.Answered))
            {
                if (!Respond(_asks[one].EventFd, verdict))
                {
                    counters.Count(ask.Class, Answer.AskerGone);
                }

                seats.CountExcused(late);

                counters.Count(ask.Class, !first ? Answer.Shared : reason == DecisionReason.Deadline ? Answer.Overdue
                    : reason == DecisionReason.SensorAway ? Answer.Away : verdict == Verdict.Deny ? Answer.Denied : Answer.Allowed);
                long now = MonotonicClock.NowNs;
                answeredNs = first ? now : answeredNs;
                counters.Latency(ask.Class).Record(now - _asks[one].ReadNs);
            }
            else
            {
                _asks.AwaitAnswer(one);
                counters.Count(ask.Class, Answer.Overdue);
                seats.CountMissedDeadlines(late);
            }

            if (!first)
            {
                Free(one);
            }

            one = next;
        }

        // Everybody is answered; what follows may take its time.
        bool handedOn = false;
        if (slot == InquirySlot)
        {
            Inquiry!.Finish(verdict, reason);
            Inquiry = null;
            InquirySlot = -1;
        }
        else
        {
            if (reason == DecisionReason.Sensors)
            {
                Remember(ask, verdict);
                if (verdict == Verdict.Deny)
                {
                    Note(ask, _asks.TicketOf(slot), why, fromCache: false);
                }
            }
            else if (reason == DecisionReason.Blocked && Block is { } block)
            {
                NoteBlocked(ask, block);
            }

            handedOn = context.Review.IsWanted && HandOn(slot, verdict, reason, why, answeredNs);
        }

        _ = Leaders.Remove(ask.Question);
        Free(slot, handedOn);
    }

    // Whether the descriptor now belongs to those who review.
    private bool HandOn(int slot, Verdict verdict, DecisionReason reason, ReadOnlySpan<byte> why, long answeredNs)
    {
        ref Ask ask = ref _asks[slot];
        if (!_asks.TryGetPath(slot, out ReadOnlySpan<byte> path))
        {
            path = _path.AsSpan(0, OpenFile.TryReadPath(ask.EventFd, _path));
        }

        _ = context.Processes.TryGet(ask.Pid, out ProcessEntry? process);
        return context.Review.Put(new ReviewedAsk
        {
            Ticket = _asks.TicketOf(slot),
            Class = ask.Class,
            File = ask.File,
            Pid = ask.Pid,
            Process = process,
            Path = path,
            Applied = verdict,
            Judged = ask.AdvisoryBy >= 0 ? Verdict.Deny : reason == DecisionReason.Sensors ? verdict : Verdict.None,
            Reason = reason,
            DecidedBy = (ask.DecidedBy >= 0 ? ask.DecidedBy : ask.AdvisoryBy) is >= 0 and int denied ? seats[denied]?.Source : null,
            Why = why,
            AskedNs = ask.ReadNs,
            TookNs = (answeredNs == 0 ? ask.DeadlineNs : answeredNs) - ask.ReadNs,
            Descriptor = ask.EventFd,
        });
    }

    private void Remember(in Ask ask, Verdict verdict)
    {
        bool asLastKnown = context.Policies[ask.Class].Fallback == Fallback.LastKnown;
        if (ask.Incomplete || !(ask.Cacheable || asLastKnown) || !remembered.IsReserved(ask.File.Identity, ask.Reservation))
        {
            return;
        }

        // Only if the bytes that the sensors saw are still the file's bytes, and no writer can be half-way through changing them. A writer
        // that came and went meanwhile has either changed the file's times, or was seen when it was asked about, which lost the reservation.
        if (!OpenFile.TryStat(ask.EventFd, out FileState now) || now != ask.File
            || OpenFile.HasWriter(ask.EventFd))
        {
            return;
        }

        if (ask.Cacheable && verdict == Verdict.Allow && kernel.TryRemember(ask.EventFd, ask.Class, now))
        {
            counters.Count(ask.Class, Answer.KernelRemembered);
        }

        remembered.Remember(now.Identity, ask.Reservation, ask.Class, verdict, ask.Cacheable, ask.DecidedBy);
    }

    /// <summary>A denial is something that a person may want to know of.</summary>
    public void Note(in Ask ask, ulong ticket, ReadOnlySpan<byte> why, bool fromCache)
    {
        if (ask.DecidedBy < 0 || seats[ask.DecidedBy] is not { } seat)
        {
            return;
        }

        DenialNote note = new()
        {
            Class = ask.Class,
            Ticket = ticket,
            Size = ask.File.Identity.Size,
            Pid = ask.Pid,
            FromCache = fromCache,
            Path = _path.AsSpan(0, OpenFile.TryReadPath(ask.EventFd, _path)),
            Reason = why,
        };
        _ = context.Processes.TryGet(ask.Pid, out ProcessEntry? actor);
        _ = context.Denials.TryNote(seat.Source, note, actor);
    }

    /// <summary>So is one of blocked bytes.</summary>
    public void NoteBlocked(in Ask ask, BlockedContent block)
    {
        DenialNote note = new()
        {
            Class = ask.Class,
            Size = ask.File.Identity.Size,
            Pid = ask.Pid,
            Path = _path.AsSpan(0, OpenFile.TryReadPath(ask.EventFd, _path)),
            Reason = block.Why,
        };
        _ = context.Processes.TryGet(ask.Pid, out ProcessEntry? actor);
        _ = context.Denials.TryNote(block.Source, note, actor);
    }

    /// <summary>Tidies up what the deadline thread has answered.</summary>
    public void FinishOverdue()
    {
        for (int slot = 0; slot <= _asks.Highest; slot++)
        {
            if (_asks.StateIs(slot, out _) == AskState.Overdue && !_asks[slot].Follows)
            {
                Finish(slot, _asks[slot].FallbackVerdict, DecisionReason.Deadline);
            }
        }
    }

    /// <summary>The sensor at this place is gone: its share of what is in flight is the fallback.</summary>
    public void AbandonAsksOf(int place)
    {
        uint bit = 1u << place;
        for (int slot = 0; slot <= _asks.Highest; slot++)
        {
            if (_asks.StateIs(slot, out _) != AskState.Open || (_asks[slot].WaitsFor & bit) == 0)
            {
                continue;
            }

            ref Ask ask = ref _asks[slot];
            ask.WaitsFor &= ~bit;
            ask.Unsent &= ~bit;
            ask.Incomplete = true;
            if (ask.FallbackVerdict == Verdict.Deny || ask is { WaitsFor: 0, Held: 0 })
            {
                Finish(slot, ask.FallbackVerdict, DecisionReason.SensorAway);
            }
        }
    }

    private void Free(int slot, bool handedOn = false)
    {
        if (!handedOn)
        {
            OpenFile.Close(_asks[slot].EventFd);
        }

        _asks.Give(slot);
        context.Heartbeat.Pending = (uint)_asks.InFlight;
    }

    /// <summary>Tells the kernel.</summary>
    public bool Respond(int eventFd, Verdict verdict)
    {
        bool waited = context.Group.Respond(eventFd, AsResponse(verdict));
        context.Heartbeat.SetFallback(eventFd, null);
        return waited;
    }

    private static PermissionResponse AsResponse(Verdict verdict) => verdict == Verdict.Deny ? PermissionResponse.Deny : PermissionResponse.Allow;
}
