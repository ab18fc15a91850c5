using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Matching;

/// <summary>Fits a whole value to a pattern. Nearly all patterns are one literal, open at some end, and need one search.</summary>
internal sealed class TextMatcher : Matcher
{
    private readonly bool _cased;
    private readonly bool _openStart;
    private readonly bool _openEnd;
    private readonly string? _literal;
    private readonly WildcardMatch? _wildcards;

    public TextMatcher(TextPattern pattern, bool cased)
    {
        _cased = cased;
        _openStart = pattern.StartsOpen;
        _openEnd = pattern.EndsOpen;
        PatternPart[] inner = [.. pattern.Parts.Skip(_openStart ? 1 : 0).SkipLast(_openEnd && pattern.Parts.Count > 1 ? 1 : 0)];
        if (inner.Length == 0 || (inner.Length == 1 && inner[0].Kind == PatternPartKind.Literal))
        {
            string literal = inner.Length == 0 ? "" : inner[0].Literal;
            _literal = cased ? literal : CaseFolding.Fold(literal);
        }
        else
        {
            _wildcards = new WildcardMatch(pattern, cased);
        }
    }

    public override bool Matches(FieldText value)
    {
        ReadOnlySpan<char> text = _cased ? value.Text : value.Folded;
        if (_literal is null)
        {
            return _wildcards!.Matches(text);
        }

        return (_openStart, _openEnd) switch
        {
            (true, true) => text.IndexOf(_literal, StringComparison.Ordinal) >= 0,
            (true, false) => text.EndsWith(_literal, StringComparison.Ordinal),
            (false, true) => text.StartsWith(_literal, StringComparison.Ordinal),
            _ => text.SequenceEqual(_literal),
        };
    }
}
