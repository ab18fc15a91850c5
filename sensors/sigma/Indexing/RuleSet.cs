using Ringwall.Sensors.Sigma.Language;
using Ringwall.Sensors.Sigma.Matching;

namespace Ringwall.Sensors.Sigma.Indexing;

/// <summary>Rules made ready for events. Nothing that decides changes, so any number of <see cref="Evaluation"/>s can use one.</summary>
internal sealed class RuleSet
{
    private readonly CategoryIndex[] _categories = new CategoryIndex[SigmaCategories.Count];

    public RuleSet(IReadOnlyList<SigmaRule> rules)
    {
        Count = rules.Count;
        for (int i = 0; i < _categories.Length; i++)
        {
            _categories[i] = new CategoryIndex([.. rules.Where(rule => rule.Category == (SigmaCategory)i)], Fields, GivenUp);
        }
    }

    public int Count { get; }

    public FieldTable Fields { get; } = new();

    public GivenUpExpressions GivenUp { get; } = new();

    public CategoryIndex this[SigmaCategory category] => _categories[(int)category];
}
