using System.Diagnostics.CodeAnalysis;
using Ringwall.Contract;
using Ringwall.Host.Deliver;
using Ringwall.Host.Findings;
using Ringwall.Host.Intake.Asks;
using Ringwall.Host.Intake.Tells;
using Ringwall.Kernel.Files;
using Answer = Ringwall.Host.Decide.AskCounters.Answer;

namespace Ringwall.Host.Decide.Guardrails;

// Owns:     a buffer for a path.
// Threads:  the answering thread only. Runs for denials alone: an allow costs nothing here.

/// <summary>What becomes of a sensor's denial: applied, or only recorded.</summary>
internal sealed class DenialCheck(AskContext context, AskCounters counters)
{
    private readonly byte[] _path = GC.AllocateArray<byte>(OpenFile.LongestPath, pinned: true);

    /// <summary>Decides, and records a denial that is not applied.</summary>
    /// <param name="seat">Whose denial it is.</param>
    /// <param name="ask">Of which ask.</param>
    /// <param name="said">What the sensor said.</param>
    /// <param name="isInquiry">Nobody waits: nothing is recorded.</param>
    public DenialRuling Rule(SensorSeat seat, ref Ask ask, in VerdictMessage said, bool isInquiry)
    {
        ReadOnlySpan<byte> path = PathOf(ask.EventFd);
        if (!IsProtected(ask.File, path, out Protection? protection))
        {
            return DenialRuling.Applied;
        }

        ask.Cacheable = false;
        if (ask.AdvisoryBy < 0)
        {
            ask.AdvisoryBy = seat.Place;
        }

        if (!isInquiry)
        {
            seat.Counters.CountAdvisory();
            counters.Count(ask.Class, Answer.Advisory);
            Note(seat, ask, said, path, protection.Why);
        }

        return DenialRuling.Advisory;
    }

    /// <summary>Whether a denial that is remembered would not be applied if it were said now.</summary>
    public bool Outdates(int eventFd, in FileState file) => IsProtected(file, PathOf(eventFd), out _);

    private bool IsProtected(in FileState file, ReadOnlySpan<byte> path, [NotNullWhen(true)] out Protection? why) => context.Protected.TryFind(file, path, out why);

    private ReadOnlySpan<byte> PathOf(int eventFd) => _path.AsSpan(0, OpenFile.TryReadPath(eventFd, _path));

    private void Note(SensorSeat seat, in Ask ask, in VerdictMessage said, ReadOnlySpan<byte> path, string notApplied)
    {
        DenialNote note = new()
        {
            Class = ask.Class,
            Ticket = said.Ticket,
            Size = ask.File.Identity.Size,
            Pid = ask.Pid,
            Path = path,
            Reason = said.Reason,
            NotApplied = notApplied,
        };
        _ = context.Processes.TryGet(ask.Pid, out ProcessEntry? actor);
        _ = context.Denials.TryNote(seat.Source, note, actor);
    }
}
