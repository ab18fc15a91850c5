using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Matching;

/// <summary>
/// Patterns with wildcards in their midst. Between two <c>*</c> lies a run of literals and <c>?</c>; taking each run at the first place where it fits is
/// enough, because a later place could only leave less for the runs behind it. Time is at most the product of both lengths.
/// </summary>
internal sealed class WildcardMatch
{
    private const int OneCharacter = -1;

    private readonly int[][] _runs;

    public WildcardMatch(TextPattern pattern, bool cased)
    {
        var runs = new List<int[]>();
        var run = new List<int>();
        foreach (PatternPart part in pattern.Parts)
        {
            switch (part.Kind)
            {
                case PatternPartKind.AnyText:
                    runs.Add([.. run]);
                    run.Clear();
                    break;
                case PatternPartKind.OneCharacter:
                    run.Add(OneCharacter);
                    break;
                default:
                    string literal = cased ? part.Literal : CaseFolding.Fold(part.Literal);
                    for (int i = 0; i < literal.Length; i += Width(literal, i))
                    {
                        run.Add(CharacterAt(literal, i));
                    }

                    break;
            }
        }

        runs.Add([.. run]);
        _runs = [.. runs];
    }

    public bool Matches(ReadOnlySpan<char> text)
    {
        if (!Fits(_runs[0], text, 0, out int at))
        {
            return false;
        }

        if (_runs.Length == 1)
        {
            return at == text.Length;
        }

        for (int i = 1; i < _runs.Length - 1; i++)
        {
            int start = at;
            while (!Fits(_runs[i], text, start, out at))
            {
                if (start >= text.Length)
                {
                    return false;
                }

                start += Width(text, start);
            }
        }

        // The last run must end where the text does.
        int[] last = _runs[^1];
        int from = text.Length;
        for (int i = 0; i < last.Length; i++)
        {
            if (from <= at)
            {
                return false;
            }

            bool pair = from - 2 >= at && char.IsLowSurrogate(text[from - 1]) && char.IsHighSurrogate(text[from - 2]);
            from -= pair ? 2 : 1;
        }

        return Fits(last, text, from, out int end) && end == text.Length;
    }

    private static bool Fits(int[] run, ReadOnlySpan<char> text, int start, out int end)
    {
        end = start;
        foreach (int wanted in run)
        {
            if (end >= text.Length || (wanted != OneCharacter && wanted != CharacterAt(text, end)))
            {
                return false;
            }

            end += Width(text, end);
        }

        return true;
    }

    private static int Width(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;

    private static int CharacterAt(ReadOnlySpan<char> text, int at) => Width(text, at) == 2 ? char.ConvertToUtf32(text[at], text[at + 1]) : text[at];
}
