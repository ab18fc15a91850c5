using Ringwall.Contract;
using Ringwall.Host.Generations.Probation;
using Ringwall.Host.Generations.Shadows;
using Ringwall.Host.Intake.Tells;
using Ringwall.Host.Review;
using Ringwall.Kernel.Scheduling;

namespace Ringwall.Host.Decide.Guardrails;

// Owns:     the questions that were put to fallback generations and not answered yet.
// Threads:  Review by the review thread, Ended by the shadow's; both under the lock, but no shadow is asked while it is held.

/// <summary>Asks the generation that stands by about everything that the one in service denied, so that it shows what of it is new.</summary>
/// <param name="budgets">Where it is counted.</param>
/// <param name="fallbackOf">The fallback generation of a sensor, if it is at work.</param>
internal sealed class DenialComparison(DenyBudgets budgets, Func<string, IShadow?> fallbackOf) : IReviewer, IShadowListener
{
    // Nobody waits for it.
    private const long PatienceNs = 5_000_000_000;
    private readonly byte[] _message = new byte[AskMessage.MaxBytes];
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, (DenyBudget Budget, FileKey File, bool IsProtected)> _open = [];
    private ulong _asked;

    public DescriptorWish Wish => DescriptorWish.Denied;

    public void Review(in ReviewedAsk ask)
    {
        if (ask.Judged != Verdict.Deny || ask.DecidedBy is not { } source)
        {
            return;
        }

        DenyBudget budget = budgets.Of(source.Name, source.Generation);
        IShadow? before = fallbackOf(source.Name);
        budget.Compares = before is not null;
        if (before is null)
        {
            return;
        }

        // What was denied and not applied is protected, unless nothing of this generation is applied any more.
        bool isProtected = ask.Applied == Verdict.Allow && !budget.Tripped;
        ulong ticket = Shadow.Ticket(++_asked);
        lock (_lock)
        {
            _open.Add(ticket, (budget, new FileKey(ask.File.Identity.Device, ask.File.Identity.Inode), isProtected));
        }

        before.Listen(this);
        long deadline = MonotonicClock.NowNs + PatienceNs;
        if (before.TryAsk(ticket, _message.AsSpan(0, Write(ask, ticket, deadline)), deadline, ask.Descriptor) != ShadowSend.Sent)
        {
            lock (_lock)
            {
                _open.Remove(ticket);
            }
        }
    }

    public void Ended(ulong ticket, Verdict verdict, ReadOnlySpan<byte> reason, long tookNs)
    {
        lock (_lock)
        {
            if (_open.Remove(ticket, out (DenyBudget Budget, FileKey File, bool IsProtected) one) && verdict != Verdict.None)
            {
                one.Budget.OtherWouldHave(verdict == Verdict.Deny, one.File, MonotonicClock.NowNs, one.IsProtected);
            }
        }
    }

    private int Write(in ReviewedAsk ask, ulong ticket, long deadline)
    {
        AskMessage message = LiveAsk.Message(ask);
        message.Ticket = ticket;
        message.Deadline = (ulong)deadline;
        return message.Write(_message);
    }
}
