using Ringwall.Sensors.Sigma.Language;
using Ringwall.Sensors.Sigma.Matching;

namespace Ringwall.Sensors.Sigma.Indexing;

/// <summary>
/// The rules of one category and what leads to them. Immutable; what an event needs while it is judged is in <see cref="Candidates"/>.
/// </summary>
internal sealed class CategoryIndex
{
    private readonly FieldScanner[] _byField;
    private readonly FieldScanner? _anyField;

    public CategoryIndex(IReadOnlyList<SigmaRule> rules, FieldTable fields, GivenUpExpressions givenUp)
    {
        Rules = [.. rules];
        Predicates = [.. rules.Select(rule => Predicate.For(rule.Expression, fields, givenUp))];
        GroupsOf = new byte[Rules.Length];
        var always = new List<int>();
        var wanted = new Dictionary<RequiredLiteral, List<RuleGroup>>();
        for (int rule = 0; rule < Rules.Length; rule++)
        {
            IReadOnlyList<RequiredGroup> groups = RequiredGroup.Of(Rules[rule].Expression);
            if (groups.Count == 0)
            {
                always.Add(rule);
            }

            for (int group = 0; group < groups.Count; group++)
            {
                GroupsOf[rule] |= (byte)(1 << group);
                foreach (RequiredLiteral literal in groups[group].Literals)
                {
                    if (!wanted.TryGetValue(literal, out List<RuleGroup>? leads))
                    {
                        wanted.Add(literal, leads = []);
                    }

                    leads.Add(new RuleGroup(rule, (byte)(1 << group)));
                }
            }
        }

        Always = [.. always];
        _byField =
        [
            .. wanted.Where(entry => entry.Key.Field is not null)
                .GroupBy(entry => entry.Key.Field!)
                .Select(entries => new FieldScanner(fields.IdOf(entries.Key), [.. entries])),
        ];
        KeyValuePair<RequiredLiteral, List<RuleGroup>>[] keywords = [.. wanted.Where(entry => entry.Key.Field is null)];
        _anyField = keywords.Length == 0 ? null : new FieldScanner(-1, keywords);
    }

    public SigmaRule[] Rules { get; }

    public Predicate[] Predicates { get; }

    /// <summary>For each rule, the bits of the groups that must be met.</summary>
    public byte[] GroupsOf { get; }

    /// <summary>Rules that no literal leads to, so that every event is held against them.</summary>
    public int[] Always { get; }

    public void Find(SigmaEvent subject, Candidates candidates)
    {
        foreach (FieldScanner scanner in _byField)
        {
            FieldText value = subject.Field(scanner.Field);
            if (value.HasText)
            {
                scanner.Scan(value.Folded, candidates);
            }
        }

        for (int i = 0; _anyField is not null && i < subject.FieldCount; i++)
        {
            FieldText value = subject.FieldAt(i);
            if (value.HasText)
            {
                _anyField.Scan(value.Folded, candidates);
            }
        }
    }
}
