// Owns:     what the fallback generation was asked and has not answered.
// Threads:  Review on the review thread, Ended on the shadow's; _lock guards the open questions.

using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Host.Generations.Probation;
using Ringwall.Host.Generations.Shadows;
using Ringwall.Host.Review;
using Ringwall.Kernel.Scheduling;

namespace Ringwall.Host.Generations.Succession;

/// <summary>Hears of one denial of the generation in service what the one before would have done. Must not wait.</summary>
/// <param name="denial">Whose denial, of which generation.</param>
/// <param name="file">The file that was denied.</param>
/// <param name="deniesToo">Whether the fallback generation denies it as well.</param>
internal delegate void DenialCompared(Findings.FindingSource denial, in Kernel.Files.FileIdentity file, bool deniesToo);

/// <summary>Asks the fallback generation about what the one in service denied, after the kernel was answered.</summary>
internal sealed class FallbackWatch(RunningGeneration fallback, AskPolicies policies, DenialCompared compared) : IReviewer, IShadowListener
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, (Findings.FindingSource Denial, Kernel.Files.FileIdentity File)> _open = [];
    private readonly byte[] _message = new byte[AskMessage.MaxBytes];
    private ulong _number;

    public bool WantsDescriptor => true;

    public void Review(in ReviewedAsk ask)
    {
        if (ask.Judged != Verdict.Deny || ask.DecidedBy is not { } denial || denial.Name != fallback.Post.Configuration.Name || ask.Descriptor < 0)
        {
            return;
        }

        ulong ticket = Shadow.Ticket(++_number);
        long deadline = MonotonicClock.NowNs + (policies[ask.Class].Deadline.Ticks * 100);
        AskMessage message = LiveAsk.Message(ask);
        message.Ticket = ticket;
        message.Deadline = (ulong)deadline;
        lock (_lock)
        {
            _open[ticket] = (denial, ask.File.Identity);
        }

        if (fallback.Shadow.TryAsk(ticket, ask.Class, _message.AsSpan(0, message.Write(_message)), deadline, ask.Descriptor) != ShadowSend.Sent)
        {
            lock (_lock)
            {
                _open.Remove(ticket);
            }
        }
    }

    public void Ended(ulong ticket, Verdict verdict, ReadOnlySpan<byte> reason, long tookNs)
    {
        (Findings.FindingSource Denial, Kernel.Files.FileIdentity File) was;
        lock (_lock)
        {
            if (!_open.Remove(ticket, out was))
            {
                return;
            }
        }

        // One that said nothing in time is no witness.
        if (verdict != Verdict.None)
        {
            compared(was.Denial, was.File, verdict == Verdict.Deny);
        }
    }
}
