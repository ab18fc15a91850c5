using Ringwall.Sensors.Sigma.Language;
using Ringwall.Sensors.Sigma.Matching;

namespace Ringwall.Sensors.Sigma.Indexing;

/// <summary>Holds events against rules, one after the other, without allocating once it is warm. Threads: one at a time.</summary>
internal sealed class Evaluation
{
    private readonly RuleSet _rules;
    private readonly Candidates[] _candidates;
    private readonly List<SigmaRule> _matches = [];

    public Evaluation(RuleSet rules)
    {
        _rules = rules;
        _candidates = [.. Enumerable.Range(0, SigmaCategories.Count).Select(category => new Candidates(rules[(SigmaCategory)category]))];
    }

    /// <summary>Rules whose whole expression was evaluated so far.</summary>
    public long RulesEvaluated { get; private set; }

    /// <summary>The rules that match, in no particular order. Valid until the next call.</summary>
    public List<SigmaRule> Match(SigmaEvent subject)
    {
        _matches.Clear();
        if (subject.Category is { } category)
        {
            CategoryIndex index = _rules[category];
            Candidates candidates = _candidates[(int)category];
            candidates.Clear();
            index.Find(subject, candidates);
            foreach (int rule in candidates.Rules)
            {
                Judge(index, rule, subject);
            }

            foreach (int rule in index.Always)
            {
                Judge(index, rule, subject);
            }
        }

        return _matches;
    }

    private void Judge(CategoryIndex index, int rule, SigmaEvent subject)
    {
        RulesEvaluated++;
        if (index.Predicates[rule].Holds(subject))
        {
            _matches.Add(index.Rules[rule]);
        }
    }
}
