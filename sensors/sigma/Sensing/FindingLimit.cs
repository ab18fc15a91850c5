namespace Ringwall.Sensors.Sigma.Sensing;

/// <summary>
/// Bounds how often one rule is reported: a rule that matches every program on the machine must not drown the findings of all others. Time is that of the
/// events, so the same events give the same findings. Threads: the tell thread only.
/// </summary>
internal sealed class FindingLimit
{
    private const int Burst = 500;
    private const ulong NanosecondsPerFinding = 50_000_000;

    private readonly Dictionary<string, Budget> _byRule = new(StringComparer.Ordinal);

    /// <summary>Findings that were not reported so far.</summary>
    public ulong Withheld { get; private set; }

    /// <summary>
    /// Takes one finding from the rule's budget. <paramref name="withheldBefore"/> is how many of this rule were withheld since its last one.
    /// </summary>
    public bool TryTake(string rule, ulong time, out ulong withheldBefore)
    {
        if (!_byRule.TryGetValue(rule, out Budget? budget))
        {
            _byRule.Add(rule, budget = new Budget { Left = Burst, Refilled = time });
        }

        ulong earned = time > budget.Refilled ? (time - budget.Refilled) / NanosecondsPerFinding : 0;
        budget.Left = Math.Min(Burst, budget.Left + earned);
        budget.Refilled += earned * NanosecondsPerFinding;
        withheldBefore = budget.Withheld;
        if (budget.Left == 0)
        {
            budget.Withheld++;
            Withheld++;
            return false;
        }

        budget.Left--;
        budget.Withheld = 0;
        return true;
    }

    private sealed class Budget
    {
        public ulong Left { get; set; }

        public ulong Refilled { get; set; }

        public ulong Withheld { get; set; }
    }
}
