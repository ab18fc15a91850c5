using Ringwall.Wire.Probation;

namespace Ringwall.Host.Generations.Probation;

/// <summary>Which part of a probation took how long. Guarded by its owner's lock.</summary>
internal sealed class StageClock(TimeSpan now)
{
    private readonly TimeSpan[] _began = new TimeSpan[Enum.GetValues<ProbationStage>().Length];
    private readonly TimeSpan[] _took = new TimeSpan[Enum.GetValues<ProbationStage>().Length];
    private readonly string?[] _skipped = new string?[Enum.GetValues<ProbationStage>().Length];
    private ProbationStage _at = ProbationStage.Start;
    private bool _begun;

    public void Enter(ProbationStage stage, TimeSpan at)
    {
        if (_begun)
        {
            _took[(int)_at] = at - _began[(int)_at];
        }

        _began[(int)stage] = _begun ? at : now;
        _at = stage;
        _begun = true;
    }

    /// <summary>There is nothing to do in the part that was entered.</summary>
    public void Skip(string why) => _skipped[(int)_at] = why;

    /// <param name="ledger">What was counted.</param>
    /// <param name="at">Now.</param>
    /// <param name="isOver">The probation has ended.</param>
    /// <param name="isWhole">And not in the middle of a part.</param>
    public IReadOnlyList<ProbationPhase> Phases(ProbationLedger ledger, TimeSpan at, bool isOver, bool isWhole) =>
    [
        .. Enum.GetValues<ProbationStage>().Select(stage => ledger.Phase(
            stage,
            _skipped[(int)stage] is not null ? "skipped"
                : stage < _at || (stage == _at && isOver && isWhole) ? "done"
                : stage == _at ? isOver ? "cut short" : "running"
                : isOver ? "skipped" : "waiting",
            stage == _at ? at - _began[(int)stage] : _took[(int)stage],
            _skipped[(int)stage])),
    ];
}
