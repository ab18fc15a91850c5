using Ringwall.Contract;
using Ringwall.Host.Deliver;
using Ringwall.Host.Findings;
using Ringwall.Host.Intake.Asks;
using Ringwall.Host.Intake.Tells;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Scheduling;
using Answer = Ringwall.Host.Decide.AskCounters.Answer;

namespace Ringwall.Host.Decide.Guardrails;

// Owns:     what was found out about files, a buffer for a path.
// Threads:  the answering thread only. Runs for denials alone: an allow costs nothing here.
// Ordering: a denial of a file that may be a package's is put into the ring, and its ask stays open; what the check thread finds out comes
//           back by TakeChecked, or after the deadline, when it counts for the next ask.

/// <summary>What becomes of a sensor's denial: applied, or only recorded.</summary>
internal sealed class DenialCheck(AskContext context, AskCounters counters, AskEnding ending)
{
    private const string Spent = "the deny budget of this generation is spent, and its denials are advice";
    private static readonly Protection Unlooked = new(ProtectionKind.Package, "it is protected: a package owns its path, and too many denials came at once to compare its digest");
    private readonly byte[] _path = GC.AllocateArray<byte>(OpenFile.LongestPath, pinned: true);
    private readonly CheckedFiles _checked = new();
    private readonly ProtectedSet _set = context.Protected;

    /// <summary>Decides, and records a denial that is not applied.</summary>
    /// <param name="seat">Whose denial it is.</param>
    /// <param name="slot">Of which ask.</param>
    /// <param name="said">What the sensor said.</param>
    public DenialRuling Rule(SensorSeat seat, int slot, in VerdictMessage said)
    {
        ref Ask ask = ref context.Asks[slot];
        ReadOnlySpan<byte> path = PathOf(ask.EventFd);
        if (seat.Budget is { Tripped: true })
        {
            Advise(seat, slot, said, path, Spent);
            return DenialRuling.Advisory;
        }

        if (!TryKnow(ask.File, path, out Protection? why))
        {
            if (_set.Checks.TryPut(seat, ask, said, _set.Packages.Epoch, path))
            {
                ask.Held++;
                return DenialRuling.Pending;
            }

            why = Unlooked;
        }

        return Settle(seat, slot, said, path, why) ? DenialRuling.Applied : DenialRuling.Advisory;
    }

    /// <summary>Whether the file is known to be protected.</summary>
    public bool IsProtected(in FileState file, ReadOnlySpan<byte> path) => TryKnow(file, path, out Protection? why) && why is not null;

    /// <summary>Whether a denial that is remembered might not be applied if it were said now. If it is, it counts like one that is said now.</summary>
    /// <param name="eventFd">The file.</param>
    /// <param name="file">The same, as it is now.</param>
    /// <param name="pid">Who asks.</param>
    /// <param name="seat">Whose denial it was; null when that one is gone.</param>
    public bool Outdates(int eventFd, in FileState file, int pid, SensorSeat? seat)
    {
        if (!TryKnow(file, PathOf(eventFd), out Protection? why) || why is not null)
        {
            return true;
        }

        Count(seat, file, pid, isProtected: false);
        return seat?.Budget is { Tripped: true };
    }

    /// <summary>Goes on with the asks whose files have been looked at.</summary>
    public void TakeChecked()
    {
        for (; _set.Checks.TryPeek(out CheckedDenial denial); _set.Checks.Release())
        {
            _checked.Remember(denial.File.Identity, denial.Epoch, denial.Found);
            if (context.Asks.TryFind(denial.Said.Ticket, out int slot))
            {
                GoOn(slot, denial);
            }
        }
    }

    private void GoOn(int slot, in CheckedDenial denial)
    {
        ref Ask ask = ref context.Asks[slot];
        ask.Held--;
        if (Settle(denial.Seat, slot, denial.Said, denial.Path, denial.Found))
        {
            ask.DecidedBy = denial.Seat.Place;
            ask.Cacheable = denial.Said.Cacheable;
            ask.Incomplete = false;
            ending.Finish(slot, Verdict.Deny, DecisionReason.Sensors, denial.Said.Reason);
        }
        else if (ask is { WaitsFor: 0, Held: 0 })
        {
            ending.Finish(slot, Verdict.Allow, ask.Incomplete ? DecisionReason.SensorAway : DecisionReason.Sensors);
        }
    }

    // Whether it is known if the file is protected; why is then null when it is not.
    private bool TryKnow(in FileState file, ReadOnlySpan<byte> path, out Protection? why) =>
        _set.TryFind(file, path, out why) || !_set.MayBe(file, path) || _checked.TryRecall(file.Identity, _set.Packages.Epoch, out why);

    // Whether it is applied. Counts it, and records it when it is not.
    private bool Settle(SensorSeat seat, int slot, in VerdictMessage said, ReadOnlySpan<byte> path, Protection? why)
    {
        ref Ask ask = ref context.Asks[slot];
        if (slot != ending.InquirySlot)
        {
            Count(seat, ask.File, ask.Pid, why is not null);
        }

        string? notApplied = why?.Why ?? (seat.Budget is { Tripped: true } ? Spent : null);
        if (notApplied is not null)
        {
            Advise(seat, slot, said, path, notApplied);
        }

        return notApplied is null;
    }

    private void Count(SensorSeat? seat, in FileState file, int pid, bool isProtected)
    {
        if (seat?.Budget is { } budget)
        {
            FileKey? program = context.Processes.TryGet(pid, out ProcessEntry? process) && process.ExecutableFile != default ? process.ExecutableFile : null;
            budget.Denied(new FileKey(file.Identity.Device, file.Identity.Inode), program, MonotonicClock.NowNs, isProtected);
        }
    }

    private void Advise(SensorSeat seat, int slot, in VerdictMessage said, ReadOnlySpan<byte> path, string notApplied)
    {
        ref Ask ask = ref context.Asks[slot];
        ask.Cacheable = false;      // it may never be remembered as a denial, and the next one is to be reported, too
        if (ask.AdvisoryBy < 0)
        {
            ask.AdvisoryBy = seat.Place;
        }

        if (slot != ending.InquirySlot)
        {
            seat.Counters.CountAdvisory();
            counters.Count(ask.Class, Answer.Advisory);
            Note(seat, ask, said, path, notApplied);
        }
    }

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
