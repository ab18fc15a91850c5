namespace Ringwall.Sensors.Sigma.Indexing;

/// <summary>The literals that are sought in one field, and the rules that they lead to.</summary>
internal sealed class FieldScanner
{
    private readonly LiteralScanner _scanner;
    private readonly RuleGroup[][] _leads;

    public FieldScanner(int field, IReadOnlyList<KeyValuePair<RequiredLiteral, List<RuleGroup>>> literals)
    {
        Field = field;
        _scanner = new LiteralScanner([.. literals.Select(literal => literal.Key)]);
        _leads = [.. literals.Select(literal => literal.Value.ToArray())];
    }

    public int Field { get; }

    public void Scan(ReadOnlySpan<char> folded, Candidates candidates)
    {
        List<int> hits = candidates.Hits;
        hits.Clear();
        _scanner.Scan(folded, hits);
        foreach (int literal in hits)
        {
            foreach (RuleGroup lead in _leads[literal])
            {
                candidates.Meet(lead);
            }
        }
    }
}
