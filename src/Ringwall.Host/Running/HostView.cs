using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Control;
using Ringwall.Host.Decide;
using Ringwall.Host.Deliver.Asks;
using Ringwall.Host.Doctor;
using Ringwall.Host.Findings;
using Ringwall.Host.Intake.Asks;
using Ringwall.Host.Journal;
using Ringwall.Host.Responses;
using Ringwall.Host.Supervision;
using Ringwall.Kernel.Files;
using Ringwall.Wire.Status;
using Answer = Ringwall.Host.Decide.AskCounters.Answer;

namespace Ringwall.Host.Running;

/// <summary>What the control socket shows, gathered from the parts.</summary>
internal sealed class HostView(
    HostConfiguration configuration, AskParts asks, SensorCrew crew, TellIntake tells, FindingLog findings, KeeperLink keeper, HostNotes notes) : IHostView
{
    /// <summary>Null when none is kept.</summary>
    public EventJournal? Journal { get; init; }

    /// <summary>Null where nothing can be requested.</summary>
    public ResponseDesk? Responses { get; init; }

    private readonly DateTimeOffset _since = DateTimeOffset.UtcNow;
    private readonly Lock _inquiring = new();

    public HostStatus Status() => new()
    {
        Version = Errands.Version,
        Pid = Environment.ProcessId,
        Since = _since,
        Now = DateTimeOffset.UtcNow,
        Kernel = RuntimeInformation.OSDescription,
        TellOnly = configuration.TellOnly,
        Guard = configuration.Guard,
        Mounts = asks.Marks.Points,
        RunDirectory = configuration.RunDirectory,
        StateDirectory = configuration.StateDirectory,
        Keeper = new KeeperStatus(keeper.KeeperPid, keeper.KeeperPid == 0 ? "gone" : "watching", keeper.Started + 1),
        Asks = [Figures("exec", EventClass.Exec), Figures("open", EventClass.Open)],
        Sources = tells.Figures(),
        Sensors = [.. crew.Statuses().Select(WithResponses)],
        Protection = configuration.Has(Configuration.Guard.ProtectedSet) ? ProtectionView.Figures(asks) : null,
        Findings = findings.Figures,
        Journal = Journal?.Figures,
        Features = tells.Features,
        Notes = [.. WithoutGuards(), .. notes.Last(), .. tells.Notes],
    };

    public Explanation Explain(string path)
    {
        using SafeFileHandle? held = LocalPath.TryHold(path, out string refusal);
        if (held is null || !OpenFile.TryStat((int)held.DangerousGetHandle(), out FileState state))
        {
            return Allowed(path, "scope", refusal);
        }

        string file = $"device {state.Identity.Device >> 32}:{state.Identity.Device & uint.MaxValue}, inode {state.Identity.Inode}, {state.Identity.Size} bytes, owner {state.Owner}, mode {Convert.ToString(state.Mode & 0xFFF, 8)}";
        if (!state.IsRegular)
        {
            return Allowed(path, "scope", "only regular files are asked about") with { File = file };
        }

        if (asks.Context.IsOwnFile(state.Identity))
        {
            return Allowed(path, "own process", "it is one of Ringwall's own files, which no sensor may deny") with { File = file };
        }

        if (asks.Context.Overrides.Holds(state.Identity))
        {
            return Allowed(path, "override", "an operator allowed it, and it has not changed since") with { File = file };
        }

        if (asks.Context.Blocks.IsBlocked(state.Identity))
        {
            return new Explanation
            {
                Path = path, Open = Word(Verdict.Deny), Exec = Word(Verdict.Deny), DecidedBy = "block", File = file,
                Because = "its bytes are blocked, as a sensor requested; `ringwall vault` says which, and `ringwall undo` lifts it",
            };
        }

        return Asked(path, held, state) with { File = file };
    }

    private SensorStatus WithResponses(SensorStatus sensor)
    {
        ResponseFigures figures = Responses?.FiguresOf(sensor.Name, sensor.Generation) ?? default;
        return sensor with { Responses = figures.Done, ResponsesRefused = figures.Refused + figures.Failed };
    }

    public ProtectionLine Protected(string path) => ProtectionView.Of(path, asks, configuration.Has(Configuration.Guard.ProtectedSet));

    public DoctorReport Doctor() => Examination.Run(Errands.Version);

    // On every status, however long ago the host was started so.
    private IEnumerable<string> WithoutGuards() => configuration.WithoutGuards.Count == 0
        ? []
        : [$"this host runs without {string.Join(", ", configuration.WithoutGuards.Order().Select(guard => guard.Word()))}, as \"withoutGuards\" in its configuration says: for a rehearsal, not for service"];

    private static Explanation Allowed(string path, string by, string because) =>
        new() { Path = path, Open = "allow", Exec = "allow", DecidedBy = by, Because = because };

    private Explanation Asked(string path, SafeFileHandle held, FileState state)
    {
        // As the kernel names it, links followed: so the guarded paths are written, too.
        Span<byte> name = stackalloc byte[OpenFile.LongestPath];
        bool inScope = asks.Context.Scope.Covers(name[..OpenFile.TryReadPath((int)held.DangerousGetHandle(), name)]);
        Verdict remembered = asks.Loop.RememberedFor(state.Identity, inScope ? EventClass.Open : EventClass.Exec);
        List<SensorOpinion> opinions = [];
        Verdict exec = Inquire(held, EventClass.Exec, opinions, out DecisionReason execReason);
        DecisionReason openReason = DecisionReason.Sensors;
        Verdict open = inScope ? Inquire(held, EventClass.Open, opinions, out openReason) : Verdict.Allow;
        DecisionReason reason = inScope ? openReason : execReason;
        string? spared = ProtectionView.Of(path, asks, configuration.Has(Configuration.Guard.ProtectedSet)) is { Protected: true } one ? one.Because : null;
        bool overruled = spared is not null && opinions.Exists(opinion => opinion.Verdict == Word(Verdict.Deny));
        (string by, string because) = (configuration.TellOnly, remembered, reason) switch
        {
            _ when overruled => ("protected set", $"a sensor would deny it, and that would be recorded and not applied: {spared}"),
            (true, _, _) => ("scope", "this host only watches (--tell-only); the sensors were asked all the same"),
            (_, not Verdict.None, _) => ("cache", "a verdict for these very bytes is remembered; the sensors were asked anew to show who says what"),
            (_, _, DecisionReason.Deadline) => ("fallback", "a sensor did not answer before the deadline"),
            (_, _, DecisionReason.SensorAway) => ("fallback", "no sensor that judges this is there"),
            _ => ("sensors", inScope ? "the sensors were asked now" : "executions are asked about everywhere; opens only below the guarded paths, and this is not"),
        };
        return new Explanation
        {
            Path = path,
            Open = Word(open),
            Exec = Word(exec),
            DecidedBy = by,
            Because = because,
            Cached = remembered == Verdict.None ? "no" : state.OnlyRootMayWrite && remembered == Verdict.Allow ? "kernel" : "host",
            Protected = spared,
            Sensors = opinions,
        };
    }

    private Verdict Inquire(SafeFileHandle held, EventClass of, List<SensorOpinion> opinions, out DecisionReason reason)
    {
        // One inquiry at a time; this process's own open is allowed at once.
        lock (_inquiring)
        {
            using SafeFileHandle file = LocalPath.OpenForReading(held);
            int fd = (int)file.DangerousGetHandle();
            file.SetHandleAsInvalid();      // the loop closes it
            Inquiry inquiry = asks.Loop.Inquire(fd, of);
            foreach (Opinion opinion in inquiry.Opinions)
            {
                opinions.Add(new SensorOpinion
                {
                    Sensor = opinion.Sensor,
                    Verdict = Word(opinion.Verdict),
                    Reason = opinion.Reason.Length == 0 ? null : opinion.Reason,
                    Cacheable = opinion.Cacheable,
                    Microseconds = opinion.TookNs / 1000.0,
                });
            }

            reason = inquiry.Reason;
            return inquiry.Verdict;
        }
    }

    private AskFigures Figures(string name, EventClass of)
    {
        AskCounters counters = asks.Loop.Counters;
        long Sum(params ReadOnlySpan<Answer> answers)
        {
            long sum = 0;
            foreach (Answer answer in answers)
            {
                sum += counters.Of(of, answer);
            }

            return sum;
        }

        long without = Sum(Answer.Own, Answer.NotAFile, Answer.OutOfScope, Answer.Override, Answer.Nobody);
        long cached = Sum(Answer.Remembered, Answer.Shared);
        long fallback = Sum(Answer.Overdue, Answer.Away);
        long allowed = Sum(Answer.Allowed);
        long denied = Sum(Answer.Denied);
        return new AskFigures
        {
            Class = name,
            Asked = without + cached + fallback + allowed + denied,
            FromCache = cached,
            WithoutSensors = without,
            Allowed = allowed,
            Denied = denied,
            ByFallback = fallback,
            KernelCached = Sum(Answer.KernelRemembered),
            Latency = Latency(counters.Latency(of)),
        };
    }

    internal static LatencyFigures Latency(LatencyHistogram histogram) => new(
        histogram.Count, histogram.Quantile(0.5) / 1e3, histogram.Quantile(0.9) / 1e3, histogram.Quantile(0.99) / 1e3, histogram.Quantile(1) / 1e3);

    private static string Word(Verdict verdict) => verdict == Verdict.Deny ? "deny" : "allow";
}
