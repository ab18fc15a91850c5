// Owns:         the promise that an ask is answered in time.
// Does not own: the ask's slot and descriptor (the answering thread frees both, when it runs again).
// Threads:      one of its own, ahead of every ordinary thread. It waits for nothing but the clock, locks nothing, allocates nothing.
// Ordering:     claim → answer → wake the answering thread.

using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Handover;
using Ringwall.Kernel.Scheduling;

namespace Ringwall.Host.Intake.Asks;

/// <summary>Answers with the fallback what nobody has answered in time.</summary>
internal sealed class DeadlineThread(AskTable asks, PermissionGroup group, Heartbeat heartbeat, Action tidy)
{
    /// <summary>The shortest deadline that this thread can keep.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    // While asks are in flight it looks often; else seldom, but often enough to notice a new one long before the shortest deadline.
    private const long BusyStepNs = 10_000_000;
    private const long IdleStepNs = 40_000_000;
    private volatile bool _stopping;
    private Thread? _thread;

    public void Start()
    {
        _thread = new Thread(Run, maxStackSize: 256 * 1024) { Name = "deadlines", IsBackground = true, Priority = ThreadPriority.Highest };
        _thread.Start();
    }

    /// <summary>Ends the thread, and returns when it has ended.</summary>
    public void Stop()
    {
        _stopping = true;
        _thread?.Join();
    }

    private void Run()
    {
        // Before the answering thread too: it answers what that one does not.
        _ = Urgency.TryRunFirst(rank: 2);
        long next = MonotonicClock.NowNs;
        while (!_stopping)
        {
            heartbeat.Beat();
            bool busy = Look(MonotonicClock.NowNs + BusyStepNs);
            next = Math.Max(next, MonotonicClock.NowNs - IdleStepNs) + (busy ? BusyStepNs : IdleStepNs);
            MonotonicClock.SleepUntil(next);
        }
    }

    // Answers what would be overdue at the next look. True when something is in flight.
    private bool Look(long dueBy)
    {
        bool any = false;
        bool answered = false;
        int highest = asks.Highest;
        for (int slot = 0; slot <= highest; slot++)
        {
            if (asks.StateIs(slot, out uint number) != AskState.Open)
            {
                continue;
            }

            any = true;
            ref Ask ask = ref asks[slot];
            int eventFd = ask.EventFd;
            bool deny = ask.FallbackVerdict == Verdict.Deny;
            if (ask.DeadlineNs <= dueBy && asks.TryClaim(slot, number, AskState.FallingDue))
            {
                // The claim held, so slot and descriptor were this ask's all along, and stay so until it is said to be overdue.
                _ = group.Respond(eventFd, deny ? PermissionResponse.Deny : PermissionResponse.Allow);
                heartbeat.SetFallback(eventFd, null);
                asks.SetOverdue(slot, number);
                answered = true;
            }
        }

        if (answered)
        {
            tidy();
        }

        return any;
    }
}
