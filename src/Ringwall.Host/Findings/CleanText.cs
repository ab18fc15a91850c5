using System.Globalization;
using System.Text;

namespace Ringwall.Host.Findings;

/// <summary>
/// Makes text of a sensor, a path or an argument fit to be shown on a terminal and stored on one line: nothing that moves a cursor, hides or reverses text, and never
/// longer than said. What is taken out leaves U+FFFD behind, so that a reader sees that something was there.
/// </summary>
internal static class CleanText
{
    private const char Removed = '\uFFFD';

    /// <param name="text">Anything.</param>
    /// <param name="longest">In UTF-16 units; a longer text is cut there and ends with an ellipsis.</param>
    /// <param name="cut">Set when it was cut; left alone otherwise, so that one flag serves many texts.</param>
    public static string From(string text, int longest, ref bool cut)
    {
        int end = text.Length;
        if (end > longest)
        {
            end = longest - 1;
            end -= char.IsHighSurrogate(text[end - 1]) ? 1 : 0;
            cut = true;
        }

        ReadOnlySpan<char> kept = text.AsSpan(0, end);
        if (end == text.Length && IsClean(kept))
        {
            return text;
        }

        StringBuilder clean = new(end + 1);
        foreach (Rune rune in kept.EnumerateRunes())
        {
            if (IsHarmless(rune))
            {
                clean.Append(rune.ToString());
            }
            else
            {
                // A line break is common in honest descriptions; a space says the same on one line.
                clean.Append(rune.Value is '\n' or '\r' or '\t' ? ' ' : Removed);
            }
        }

        return (end < text.Length ? clean.Append('…') : clean).ToString();
    }

    /// <summary>The same, of bytes that are meant to be UTF-8.</summary>
    public static string From(ReadOnlySpan<byte> utf8, int longest, ref bool cut) => From(Encoding.UTF8.GetString(utf8), longest, ref cut);

    private static bool IsClean(ReadOnlySpan<char> text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!IsHarmless(rune))
            {
                return false;
            }
        }

        return true;
    }

    // Control: escape sequences. Format: right-to-left marks, zero-width characters. Separators: line breaks by another name. Private use and unassigned: whatever a font makes of them.
    private static bool IsHarmless(Rune rune) => rune.Value is >= 0x20 and < 0x7F
        || (rune.Value != Removed
            ? Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned)
            : true);
}
