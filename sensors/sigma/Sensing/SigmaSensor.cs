using Ringwall.Contract;
using Ringwall.Sdk;
using Ringwall.Sensors.Sigma.Indexing;
using Ringwall.Sensors.Sigma.Language;
using Ringwall.Sensors.Sigma.Reading;

namespace Ringwall.Sensors.Sigma.Sensing;

// Owns:    rules, and what is remembered of processes and findings.
// Threads: made on one thread; after that only the tell thread.
/// <summary>Holds tell events against Sigma rules and reports what matches. It judges no asks: a finding never stops anything.</summary>
internal sealed class SigmaSensor : Sensor
{
    private const string RefusedRule = "ringwall.sigma.rule-refused";

    /// <summary>A broken pack must not drown what its good rules find: the host takes a limited number of findings at once.</summary>
    private const int MostRefusalsTold = 50;

    private readonly RulePack _pack;
    private readonly RuleSet _rules;
    private readonly Evaluation _evaluation;
    private readonly TellSubject _subject;
    private readonly CommandLines _commandLines = new();
    private readonly FindingLimit _limit = new();
    private readonly RecentFileFindings _recent = new();
    private readonly bool _remembersCommandLines;
    private byte[] _commandLine = new byte[4096];
    private int _givenUp;

    public SigmaSensor(RulePack pack)
    {
        _pack = pack;
        _rules = new RuleSet(pack.Rules);
        _evaluation = new Evaluation(_rules);
        _subject = new TellSubject(_rules, _commandLines);
        _remembersCommandLines = _subject.WantsParentCommandLine;
        Identity = new SensorIdentity("sigma", "Ringwall", typeof(SigmaSensor).Assembly.GetName().Version?.ToString(3) ?? "0", pack.Version);
        Note = Summary;
    }

    public override SensorIdentity Identity { get; }

    public override TellKinds Tells => TellKinds.Process | TellKinds.File | TellKinds.Network;

    private string Summary =>
        $"{_pack.Rules.Count} rules, {_pack.Faults.Count} refused, {_limit.Withheld} findings withheld"
        + (_givenUp == 0 ? "" : $", {_givenUp} expressions too slow and given up: {string.Join("; ", _rules.GivenUp.Sources)}");

    // To whoever brought the rules; what a sensor writes to its error output is shown only when it fails.
    protected override void OnStart(WelcomeMessage welcome)
    {
        foreach (RuleFault fault in _pack.Faults.Take(MostRefusalsTold))
        {
            Report(new Finding(RefusedRule, $"A Sigma rule was refused: {fault}", Severity.Medium) { Description = fault.ToString() });
        }

        if (_pack.Faults.Count > MostRefusalsTold)
        {
            Report(new Finding(RefusedRule, $"{_pack.Faults.Count - MostRefusalsTold} more Sigma rules were refused", Severity.Medium) { Description = "sigma-replay shows all." });
        }
    }

    protected override void OnTellView(in TellReader tell)
    {
        if (_subject.TryTake(in tell))
        {
            foreach (SigmaRule rule in _evaluation.Match(_subject))
            {
                Report(rule, in tell);
            }

            if (_rules.GivenUp.Count != _givenUp)
            {
                _givenUp = _rules.GivenUp.Count;
                Note = Summary;
            }
        }

        if (_remembersCommandLines)
        {
            Remember(in tell);
        }
    }

    private void Report(SigmaRule rule, in TellReader tell)
    {
        if (tell.Source == TellKinds.File)
        {
            ReadOnlySpan<byte> path = tell.NewPath.IsEmpty ? tell.Path : tell.NewPath;
            if (!_recent.IsNew(rule.Id, tell.Actor.Pid, tell.Actor.Start, path, tell.Time))
            {
                return;
            }
        }

        if (!_limit.TryTake(rule.Id, tell.Time, out ulong withheld))
        {
            Note = Summary;
            return;
        }

        string more = withheld == 0 ? "" : $"\n{withheld} more findings of this rule were withheld before this one.";
        Report(new Finding(rule.Id, rule.Title, (Severity)rule.Level)
        {
            Description = rule.Description + more,
            Tags = rule.Tags,
        }.About(tell.ToEvent()));
    }

    private void Remember(in TellReader tell)
    {
        switch (tell.Kind)
        {
            case TellEventKind.ProcessStart:
                _commandLines.Started(tell.Actor.Pid, tell.Actor.Start, Join(in tell.Actor));
                break;
            case TellEventKind.ProcessFork:
                _commandLines.Forked(tell.Actor.Pid, tell.Actor.Start, tell.Child.Pid, tell.Child.Start);
                break;
            case TellEventKind.ProcessExit:
                _commandLines.Ended(tell.Actor.Pid, tell.Actor.Start);
                break;
        }
    }

    private ReadOnlySpan<byte> Join(in ProcessView process)
    {
        int length = 0;
        foreach (ReadOnlySpan<byte> argument in process.Arguments)
        {
            int needed = length + argument.Length + 1;
            if (needed > _commandLine.Length)
            {
                Array.Resize(ref _commandLine, Math.Max(needed, 2 * _commandLine.Length));
            }

            argument.CopyTo(_commandLine.AsSpan(length));
            length += argument.Length;
            _commandLine[length++] = (byte)' ';
        }

        return _commandLine.AsSpan(0, Math.Max(0, length - 1));
    }
}
