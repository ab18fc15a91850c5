using System.Text;

namespace Ringwall.Sensors.Sigma.Language;

/// <summary>
/// A value with wildcards, taken apart once. Neighbouring literals are merged and neighbouring <c>*</c> are one, so equal patterns look equal.
/// </summary>
internal sealed class TextPattern
{
    private TextPattern(List<PatternPart> parts) => Parts = parts;

    public IReadOnlyList<PatternPart> Parts { get; }

    public bool HasWildcards => Parts.Any(part => part.Kind != PatternPartKind.Literal);

    public bool StartsOpen => Parts.Count > 0 && Parts[0].Kind == PatternPartKind.AnyText;

    public bool EndsOpen => Parts.Count > 0 && Parts[^1].Kind == PatternPartKind.AnyText;

    /// <summary>The text of a pattern without wildcards.</summary>
    public string Plain => Parts.Count == 0 ? "" : Parts[0].Literal;

    /// <summary>
    /// Reads a value as the specification's "Escape Character" says: a backslash before <c>*</c>, <c>?</c> or a backslash takes away what is special about
    /// the next character; before anything else, and at the end, it is an ordinary character.
    /// </summary>
    public static TextPattern Parse(string value)
    {
        var parts = new List<PatternPart>();
        var literal = new StringBuilder();
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            switch (c)
            {
                case '\\' when i + 1 < value.Length && value[i + 1] is '*' or '?' or '\\':
                    literal.Append(value[++i]);
                    break;
                case '*':
                    Flush(parts, literal);
                    parts.Add(PatternPart.AnyText);
                    break;
                case '?':
                    Flush(parts, literal);
                    parts.Add(PatternPart.OneCharacter);
                    break;
                default:
                    literal.Append(c);
                    break;
            }
        }

        Flush(parts, literal);
        return Of(parts);
    }

    public static TextPattern Literal(string text) => Of([PatternPart.Of(text)]);

    public static TextPattern Of(IEnumerable<PatternPart> parts)
    {
        var merged = new List<PatternPart>();
        foreach (PatternPart part in parts)
        {
            PatternPartKind? last = merged.Count > 0 ? merged[^1].Kind : null;
            if (part.Kind == PatternPartKind.Literal && part.Literal.Length == 0)
            {
                continue;
            }

            if (part.Kind == PatternPartKind.Literal && last == PatternPartKind.Literal)
            {
                merged[^1] = PatternPart.Of(merged[^1].Literal + part.Literal);
            }
            else if (part.Kind != PatternPartKind.AnyText || last != PatternPartKind.AnyText)
            {
                merged.Add(part);
            }
        }

        return new TextPattern(merged);
    }

    public TextPattern Open(bool start, bool end)
    {
        var parts = new List<PatternPart>(Parts);
        if (start)
        {
            parts.Insert(0, PatternPart.AnyText);
        }

        if (end)
        {
            parts.Add(PatternPart.AnyText);
        }

        return Of(parts);
    }

    /// <summary>How the value would be written in a rule.</summary>
    public override string ToString()
    {
        var written = new StringBuilder();
        foreach (PatternPart part in Parts)
        {
            written.Append(part.Kind switch
            {
                PatternPartKind.AnyText => "*",
                PatternPartKind.OneCharacter => "?",
                _ => part.Literal.Replace("\\", "\\\\").Replace("*", "\\*").Replace("?", "\\?"),
            });
        }

        return written.ToString();
    }

    private static void Flush(List<PatternPart> parts, StringBuilder literal)
    {
        if (literal.Length > 0)
        {
            parts.Add(PatternPart.Of(literal.ToString()));
            literal.Clear();
        }
    }
}
