using Ringwall.Sensors.Sigma.Language;
using Ringwall.Sensors.Sigma.Matching;

namespace Ringwall.Sensors.Sigma.Indexing;

/// <summary>
/// A text that must stand in a field, where case does not count, for some test to hold: at the field's beginning, at its end, both, or anywhere.
/// Field null means any field.
/// </summary>
internal readonly record struct RequiredLiteral(string? Field, string Folded, bool AtStart, bool AtEnd)
{
    /// <summary>Longer literals select hardly better and cost states.</summary>
    private const int Longest = 16;

    /// <summary>An estimate of how often an event has it; only its order matters.</summary>
    public double Weight => (AtStart || AtEnd ? 0.25 : 1.0) / (Folded.Length * Folded.Length);

    /// <summary>What a pattern needs, or null if it has no literal at all.</summary>
    public static RequiredLiteral? Of(string? field, TextPattern pattern)
    {
        int best = -1;
        for (int i = 0; i < pattern.Parts.Count; i++)
        {
            PatternPart part = pattern.Parts[i];
            if (part.Kind == PatternPartKind.Literal && (best < 0 || part.Literal.Length > pattern.Parts[best].Literal.Length))
            {
                best = i;
            }
        }

        if (best < 0)
        {
            return null;
        }

        string folded = CaseFolding.Fold(pattern.Parts[best].Literal);
        bool atStart = best == 0;
        bool atEnd = best == pattern.Parts.Count - 1;
        if (folded.Length <= Longest)
        {
            return new RequiredLiteral(field, folded, atStart, atEnd);
        }

        // Paths begin alike, so the end of a literal tells more than its beginning.
        return atStart && !atEnd
            ? new RequiredLiteral(field, folded[..Longest], AtStart: true, AtEnd: false)
            : new RequiredLiteral(field, folded[^Longest..], AtStart: false, atEnd);
    }
}
