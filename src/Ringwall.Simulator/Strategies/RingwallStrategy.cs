using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>Drives the rules that the server drives: folds a window, asks for a decision, does what it says.</summary>
internal sealed class RingwallStrategy : IStrategy
{
    private readonly EvidenceLedger _ledger;
    private readonly RolloutPolicy _policy;
    private readonly ReleaseFacts _release;
    private readonly Action<RolloutInput, RolloutDecision>? _observe;
    private readonly long[] _grown;
    private readonly List<(int, string)> _log = [];
    private string _lastKind = "";

    public RingwallStrategy(RunPlan plan, int strata, int cells, Action<RolloutInput, RolloutDecision>? observe = null)
    {
        _policy = plan.Policy;
        _observe = observe;
        _release = new ReleaseFacts(plan.Name, ReleaseStream.Content, 1000, 0, plan.Urgent, ["first", "second"], 0);
        _grown = new long[strata];
        Array.Fill(_grown, -1);
        var fleet = new FleetCounts(SimulatedFleet.CellNames(cells), new int[strata], new int[strata]);
        _ledger = new EvidenceLedger(fleet, plan.Measures);
    }

    public string Name => "Ringwall";

    public bool StagesReturn => true;

    public double Evidence { get; private set; } = 1;

    public double BudgetSpent { get; private set; }

    public int PausedMinutes { get; private set; }

    public int InconclusiveMinutes { get; private set; }

    public string LastWords { get; private set; } = "";

    public IReadOnlyList<(int Minute, string Words)> Log => _log;

    public bool KeepWords { get; init; }

    public void Step(FleetView view)
    {
        _ledger.Add(view.Window);
        var input = new RolloutInput
        {
            Release = _release,
            Policy = _policy,
            Fleet = view.Counts,
            Ledger = _ledger,
            Exposed = view.Exposed,
            Installed = view.Installed,
            FallbackAlive = view.FallbackAlive,
            GrownMinute = _grown,
            Changes = view.Changes,
            HighestVersion = _release.Version,
            Halted = view.Halted,
            Now = view.Minute,
        };
        RolloutDecision decision = RolloutRules.Decide(input);
        _observe?.Invoke(input, decision);
        Evidence = decision.Judgement.Evidence;
        BudgetSpent = decision.Budget.Spent;
        Write(decision, input);
        switch (decision)
        {
            case RolloutDecision.Grow grow:
                for (int s = 0; s < _grown.Length; s++)
                {
                    _grown[s] = grow.Exposed[s] > view.Exposed[s] ? view.Minute : _grown[s];
                    view.Exposed[s] = grow.Exposed[s];
                }

                break;
            case RolloutDecision.Halt:
                view.Halted = true;
                LastWords = Explanation.Of(decision, input);
                break;
            case RolloutDecision.Pause:
                PausedMinutes++;
                break;
            case RolloutDecision.Inconclusive:
                InconclusiveMinutes++;
                break;
        }
    }

    /// <summary>Keeps the words of each change of mind, and of the steps that open something.</summary>
    private void Write(RolloutDecision decision, RolloutInput input)
    {
        if (!KeepWords)
        {
            return;
        }

        string kind = decision.GetType().Name;
        bool opens = decision is RolloutDecision.Grow && decision.Reasons.Any(reason => reason.Code == ReasonCode.FirstStep);
        bool calm = decision is RolloutDecision.Grow or RolloutDecision.Wait && _lastKind is "Grow" or "Wait";
        if ((kind != _lastKind && !(calm && _log.Count > 6)) || opens)
        {
            _log.Add(((int)input.Now, Explanation.Of(decision, input)));
        }

        _lastKind = kind;
    }
}
