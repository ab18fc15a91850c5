using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Host.Generations.Shadows;
using Ringwall.Kernel.Scheduling;

namespace Ringwall.Host.Generations.Probation;

// Threads: any.

/// <summary>Asks a candidate, and has it written down.</summary>
internal sealed class CandidateAsks(IShadow candidate, ProbationLedger ledger, AskPolicies policies)
{
    /// <summary>One at a time would tell nothing about a sensor that judges in parallel; many would be a load.</summary>
    private const int OpenAtMost = 8;

    private static readonly TimeSpan LargeFilePatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RehearsalPatience = TimeSpan.FromSeconds(1);
    private long _number;

    public bool HasRoom => ledger.Open < OpenAtMost;

    public bool Takes(EventClass of) => (candidate.Asks & KindOf(of)) != 0;

    public ulong NextTicket() => Shadow.Ticket((ulong)Interlocked.Increment(ref _number));

    /// <summary>Until when the verdict counts, from now on: live, as for those in service.</summary>
    public long DeadlineOf(PendingAsk ask) => MonotonicClock.NowNs + (long)PatienceWith(ask).TotalNanoseconds;

    public ShadowSend TryAsk(PendingAsk ask, ulong ticket, ReadOnlySpan<byte> message, long deadline, int descriptor)
    {
        // First written down: its end may come before it is sent.
        ledger.Asking(ticket, ask);
        ShadowSend sent = candidate.TryAsk(ticket, message, deadline, descriptor);
        if (sent != ShadowSend.Sent)
        {
            ledger.NotAsked(ticket);
        }

        return sent;
    }

    // In a rehearsal it is cold, and not preferred to anybody: what is looked for is what it never comes back from.
    private TimeSpan PatienceWith(PendingAsk ask)
    {
        TimeSpan usual = policies[ask.Class].Deadline;
        return ask.MayBeLate ? LargeFilePatience : ask.Stage == ProbationStage.Live || usual > RehearsalPatience ? usual : RehearsalPatience;
    }

    public static AskKinds KindOf(EventClass of) => of == EventClass.Exec ? AskKinds.Exec : AskKinds.Open;
}
