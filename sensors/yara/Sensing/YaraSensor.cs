// Owns:         a scanner and a buffer per thread that judges, the late scans.
// Does not own: the rule set (Program disposes it after Run).
// Threads:      OnAsk on each of the SDK's workers; the late scans have one of their own.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Ringwall.Contract;
using Ringwall.Sdk;
using Ringwall.Sensors.Yara.Engine;
using Ringwall.Sensors.Yara.Reading;

namespace Ringwall.Sensors.Yara.Sensing;

/// <summary>
/// Evaluates YARA rules over every file that is about to be executed or opened: deny on a match, otherwise a remembered allow.
/// A file that cannot be scanned within the ask's deadline is let through, or denied when the operator chose that; either way the
/// answer is not remembered, the scan is finished behind it, and its result counts from then on.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "OnStop disposes: the SDK calls it when no other call runs, and not at all while one is stuck.")]
internal sealed class YaraSensor : Sensor
{
    /// <summary>Longer than this and no deadline suffices: about 200 MiB are scanned in a second.</summary>
    public const int LargestInTime = 32 << 20;

    private const string RefusedRule = "ringwall.yara.rule-refused";

    /// <summary>A broken pack must not drown what its good rules find: the host takes a limited number of findings at once.</summary>
    private const int MostRefusalsTold = 50;

    private readonly YaraSensorSettings _settings;
    private readonly RuleSet _rules;
    private readonly IReadOnlyList<RuleFault> _faults;
    private readonly ThreadLocal<Workplace> _workplace;
    private readonly LateScans _late;
    private int _unscanned;

    public YaraSensor(YaraSensorSettings settings, RuleSet rules, IReadOnlyList<RuleFault> faults, string contentVersion)
    {
        _settings = settings;
        _rules = rules;
        _faults = faults;
        _workplace = new ThreadLocal<Workplace>(() => new Workplace(rules), trackAllValues: true);
        _late = new LateScans(rules, settings, TellLateResult);
        Identity = new SensorIdentity("yara", "Ringwall", "0.1.0", contentVersion);
    }

    public override SensorIdentity Identity { get; }

    public override AskKinds Asks => AskKinds.Exec | AskKinds.Open;

    protected override void OnStart(WelcomeMessage welcome)
    {
        _late.Start();
        Note = State;
        RuleFault[] refused = [.. _faults.Where(fault => !fault.IsWarning)];
        foreach (RuleFault fault in refused.Take(MostRefusalsTold))
        {
            Report(new Finding(RefusedRule, $"A rule file was refused: {fault}", Severity.Medium) { Description = fault.ToString() });
        }

        if (refused.Length > MostRefusalsTold)
        {
            Report(new Finding(RefusedRule, $"{refused.Length - MostRefusalsTold} more rule files were refused", Severity.Medium) { Description = "yara-scan shows all." });
        }
    }

    protected override SensorVerdict OnAsk(in Ask ask)
    {
        if (!ask.HasDescriptor)
        {
            return NotScanned(ask, "no descriptor came with the ask");
        }

        if (!FileIdentity.TryOf(ask.Descriptor, out FileIdentity file))
        {
            // Directories, pipes, sockets and devices have no content to judge.
            return SensorVerdict.Allow();
        }

        if (file.Size == 0)
        {
            return SensorVerdict.Allow(cacheable: true);
        }

        if (_late.TryRecall(file, out LateResult? result))
        {
            return Recalled(ask, result);
        }

        TimeSpan time = YaraSensorSettings.Budget(ask.TimeLeft);
        if (file.Size > LargestInTime || time <= TimeSpan.Zero)
        {
            return FinishLater(ask, file, file.Size > LargestInTime ? "it is large" : "there is no time left");
        }

        return Scan(ask, file, time);
    }

    protected override void OnStop()
    {
        _late.Dispose();
        foreach (Workplace workplace in _workplace.Values)
        {
            workplace.Dispose();
        }

        _workplace.Dispose();
    }

    private SensorVerdict Scan(in Ask ask, FileIdentity file, TimeSpan time)
    {
        Workplace here = _workplace.Value!;
        switch (here.Content.Read(ask.Descriptor, file.Size, LargestInTime))
        {
            case ReadOutcome.TooLarge:
                return FinishLater(ask, file, "it grows");
            case ReadOutcome.Refused:
                return NotScanned(ask, $"it cannot be read (errno {here.Content.Errno})");
        }

        ScanOutcome outcome = here.Scanner.Scan(here.Content.Bytes, ask.PathBytes, time);
        here.Content.Shrink();
        switch (outcome)
        {
            case ScanOutcome.Clean:
                return SensorVerdict.Allow(cacheable: !_rules.KnowsNames);
            case ScanOutcome.Matched:
                return Matched(ask, here.Scanner.Matches(), cacheable: !_rules.KnowsNames);
            case ScanOutcome.Unfinished:
                return FinishLater(ask, file, $"the scan was not finished after {time.TotalMilliseconds:0} ms");
            default:
                return FinishLater(ask, file, YaraError.Words(here.Scanner.Error));
        }
    }

    private SensorVerdict Matched(in Ask ask, IReadOnlyList<RuleMatch> matches, bool cacheable)
    {
        foreach (RuleMatch match in matches)
        {
            Report(MatchFinding.Of(match).About(ask));
        }

        return SensorVerdict.Deny(MatchFinding.Reason(matches), cacheable);
    }

    private SensorVerdict Recalled(in Ask ask, LateResult result)
    {
        if (result.Matches is { Count: > 0 } matches)
        {
            return Matched(ask, matches, cacheable: false);
        }

        // Found clean earlier, which is not remembered by the host: between that scan and now a mapping may have changed bytes that
        // had been changed before, and of that the kernel keeps no time.
        return result.IsKnown ? SensorVerdict.Allow() : Unscanned();
    }

    // Another ask about the same file may have had it taken on: then that one has told.
    private SensorVerdict FinishLater(in Ask ask, FileIdentity file, string why)
    {
        Finding finding = UnscannedFinding(why, "The scan goes on; its result counts from then on.").About(ask);
        bool queued = _late.Add(file, ask.Descriptor, ask.PathBytes, finding);
        CountUnscanned();
        if (queued)
        {
            Report(finding);
        }
        else if (!_late.TryRecall(file, out _))
        {
            // Or whoever keeps the queue full could have files let through that nobody hears of.
            Report(UnscannedFinding(why, "Too many scans wait; it is tried again when it is next asked about.").About(ask));
        }

        return Unscanned();
    }

    private SensorVerdict NotScanned(in Ask ask, string why)
    {
        CountUnscanned();
        Report(UnscannedFinding(why, "It was not scanned.").About(ask));
        return Unscanned();
    }

    private Finding UnscannedFinding(string why, string what) =>
        new("ringwall.yara.not-scanned-in-time", _settings.DenyUnscanned ? "A file was denied unscanned" : "A file was let through unscanned", Severity.Low)
        {
            Description = $"Because {why}. {what}",
        };

    private SensorVerdict Unscanned() =>
        _settings.DenyUnscanned ? SensorVerdict.Deny("It could not be scanned in time.") : SensorVerdict.Allow();

    // Called by the late scans' thread.
    private void TellLateResult(LateResult result, Finding about)
    {
        if (!result.IsKnown)
        {
            Report(UnscannedFinding(result.Why, "It is not scanned again until it changes.").AboutTheSameAs(about));
            return;
        }

        foreach (RuleMatch match in result.Matches)
        {
            Report(MatchFinding.Of(match, late: true).AboutTheSameAs(about));
        }
    }

    private string State => _faults.Count(fault => !fault.IsWarning) is > 0 and var errors
        ? $"{_rules.Files} rule files, {errors} errors in others, {YaraLibrary.Load()}"
        : $"{_rules.Files} rule files, {YaraLibrary.Load()}";

    private void CountUnscanned()
    {
        int count = Interlocked.Increment(ref _unscanned);
        Note = string.Create(CultureInfo.InvariantCulture, $"{State}; {count} asks answered without a scan");
    }

    private sealed class Workplace(RuleSet rules) : IDisposable
    {
        public Scanner Scanner { get; } = new(rules);

        public FileContent Content { get; } = new();

        public void Dispose()
        {
            Scanner.Dispose();
            Content.Dispose();
        }
    }
}
