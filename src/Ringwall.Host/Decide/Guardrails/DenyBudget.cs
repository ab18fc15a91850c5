using Ringwall.Host.Configuration;
using Ringwall.Host.Intake.Tells;

namespace Ringwall.Host.Decide.Guardrails;

// Owns:     its windows, some kilobytes.
// Threads:  Denied by the answering thread. OtherWouldHave by one other thread, RequestedAgainst by a third. Clear by any: whoever counts at that
//           moment may leave a count behind, which is old soon. Everything else by any.
// Ordering: the first cause stays until Clear.

/// <summary>
/// What one generation of a sensor has denied lately, and whether that is too much. Pure: times come from the caller, and nothing is done but to say so.
/// </summary>
/// <param name="limits">How much is too much.</param>
/// <param name="trips">Called once when it is, by whoever counts; must not wait.</param>
internal sealed class DenyBudget(BudgetConfiguration limits, Action trips)
{
    // With the generation before to compare with, a flood that it would have denied as well speaks of an outbreak rather than of a fault: the
    // absolute number is then only the last resort.
    private const int ComparedFactor = 10;

    private readonly DistinctWindow _filesMinute = new(limits.DeniesPerMinute, TimeSpan.FromMinutes(1));
    private readonly DistinctWindow _filesHour = new(limits.DeniesPerHour, TimeSpan.FromHours(1));
    private readonly DistinctWindow _filesHourCompared = new(limits.DeniesPerHour * ComparedFactor, TimeSpan.FromHours(1));
    private readonly DistinctWindow _programsMinute = new(limits.ProgramsPerMinute, TimeSpan.FromMinutes(1));
    private readonly DistinctWindow _programsHour = new(limits.ProgramsPerHour, TimeSpan.FromHours(1));
    private readonly DistinctWindow _protectedHour = new(limits.ProtectedPerHour, TimeSpan.FromHours(1));
    private readonly DistinctWindow _requestedHour = new(limits.ProtectedPerHour, TimeSpan.FromHours(1));
    private readonly DistinctWindow _newHour = new(limits.NewDeniesPerHour, TimeSpan.FromHours(1));
    private readonly DistinctWindow _newDay = new(limits.NewDeniesPerDay, TimeSpan.FromDays(1));
    private volatile bool _compares;
    private long _agreed;
    private int _cause;

    private enum Cause
    {
        None,
        FilesMinute,
        FilesHour,
        FilesHourCompared,
        ProgramsMinute,
        ProgramsHour,
        ProtectedHour,
        ProtectedNew,
        RequestedHour,
        NewHour,
        NewDay,
    }

    /// <summary>Whether the generation has denied too much: its denials are advice from then on, until <see cref="Clear"/>.</summary>
    public bool Tripped => Volatile.Read(ref _cause) != (int)Cause.None;

    /// <summary>Whether the generation before is being asked about what this one denies. Set by who asks it.</summary>
    public bool Compares
    {
        get => _compares;
        set => _compares = value;
    }

    /// <summary>Denials that the generation before would have said as well.</summary>
    public long Agreed => Volatile.Read(ref _agreed);

    /// <summary>What was too much, in words; null when nothing was.</summary>
    public string? Why => (Cause)Volatile.Read(ref _cause) switch
    {
        Cause.FilesMinute => $"it denied more than {limits.DeniesPerMinute} files within a minute",
        Cause.FilesHour => $"it denied more than {limits.DeniesPerHour} files within an hour",
        Cause.FilesHourCompared => $"it denied more than {limits.DeniesPerHour * ComparedFactor} files within an hour, however many of them the generation before would have denied",
        Cause.ProgramsMinute => $"it denied something to more than {limits.ProgramsPerMinute} programs within a minute",
        Cause.ProgramsHour => $"it denied something to more than {limits.ProgramsPerHour} programs within an hour",
        Cause.ProtectedHour => $"it wanted to deny more than {limits.ProtectedPerHour} protected files within an hour",
        Cause.ProtectedNew => "it wanted to deny a protected file that the generation before would have allowed",
        Cause.RequestedHour => $"it requested something against more than {limits.ProtectedPerHour} protected files within an hour",
        Cause.NewHour => $"within an hour it denied more than {limits.NewDeniesPerHour} files that the generation before would have allowed",
        Cause.NewDay => $"within a day it denied more than {limits.NewDeniesPerDay} files that the generation before would have allowed",
        _ => null,
    };

    /// <summary>The generation denied a file, or wanted to. Allocates nothing, waits for nothing.</summary>
    /// <param name="file">Which file.</param>
    /// <param name="program">The program that was refused it; null when it is not known.</param>
    /// <param name="nowNs">On a clock that never goes back.</param>
    /// <param name="isProtected">The file is one of the protected set.</param>
    public void Denied(FileKey file, FileKey? program, long nowNs, bool isProtected)
    {
        ulong key = Key(file);
        bool minute = _filesMinute.Add(key, nowNs);
        bool hour = _filesHour.Add(key, nowNs);
        TripIf(minute && !_compares, Cause.FilesMinute);
        TripIf(hour && !_compares, Cause.FilesHour);
        TripIf(_filesHourCompared.Add(key, nowNs), Cause.FilesHourCompared);
        TripIf(isProtected && _protectedHour.Add(key, nowNs), Cause.ProtectedHour);
        if (program is { } known)
        {
            TripIf(_programsMinute.Add(Key(known), nowNs), Cause.ProgramsMinute);
            TripIf(_programsHour.Add(Key(known), nowNs), Cause.ProgramsHour);
        }
    }

    /// <summary>What the generation before said of a file that this one denied.</summary>
    /// <param name="denied">It would have denied it as well.</param>
    /// <param name="file">Which file.</param>
    /// <param name="nowNs">On the same clock.</param>
    /// <param name="isProtected">The file is one of the protected set: what the machine stands on has become malware with a release, and one such file is enough.</param>
    public void OtherWouldHave(bool denied, FileKey file, long nowNs, bool isProtected = false)
    {
        if (denied)
        {
            Volatile.Write(ref _agreed, _agreed + 1);
            return;
        }

        TripIf(isProtected && limits.ProtectedPerHour > 0, Cause.ProtectedNew);
        TripIf(_newHour.Add(Key(file), nowNs), Cause.NewHour);
        TripIf(_newDay.Add(Key(file), nowNs), Cause.NewDay);
    }

    /// <summary>The generation requested that something be done to a protected file, which was refused.</summary>
    /// <param name="file">Which file.</param>
    /// <param name="nowNs">On the same clock.</param>
    public void RequestedAgainst(FileKey file, long nowNs) => TripIf(_requestedHour.Add(Key(file), nowNs), Cause.RequestedHour);

    /// <summary>Distinct files, programs and protected files of the last hour, and files that the generation before would have allowed.</summary>
    public (int Files, int Programs, int Protected, int New) LastHour(long nowNs) =>
        (_filesHourCompared.Count(nowNs), _programsHour.Count(nowNs), _protectedHour.Count(nowNs), _newHour.Count(nowNs));

    /// <summary>An operator wants it to begin anew.</summary>
    public void Clear()
    {
        foreach (DistinctWindow window in (ReadOnlySpan<DistinctWindow>)
            [_filesMinute, _filesHour, _filesHourCompared, _programsMinute, _programsHour, _protectedHour, _requestedHour, _newHour, _newDay])
        {
            window.Clear();
        }

        Volatile.Write(ref _cause, (int)Cause.None);
    }

    private void TripIf(bool tooMuch, Cause cause)
    {
        if (tooMuch && Interlocked.CompareExchange(ref _cause, (int)cause, (int)Cause.None) == (int)Cause.None)
        {
            trips();
        }
    }

    private static ulong Key(FileKey file) => (file.Inode * 0x9E37_79B9_7F4A_7C15UL) ^ (file.Device * 0xC2B2_AE3D_27D4_EB4FUL);
}
