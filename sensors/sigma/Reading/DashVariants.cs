using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>The modifier <c>windash</c>: a dash that begins a parameter is also written with any of the other characters that programs take for one.</summary>
internal static class DashVariants
{
    private const int MostVariants = 5 * 5 * 5 * 5 * 5;
    private const string Dashes = "-/\u2013\u2014\u2015";

    /// <exception cref="RuleFaultException">There are too many dashes to write out.</exception>
    public static List<TextPattern> Of(TextPattern pattern, int line)
    {
        List<List<PatternPart>> variants = [[]];
        foreach (PatternPart part in pattern.Parts)
        {
            string rest = part.Literal;
            int from = 0;
            for (int i = 0; i < rest.Length; i++)
            {
                if (!BeginsParameter(rest, i))
                {
                    continue;
                }

                string before = rest[from..i];
                variants = [.. variants.SelectMany(variant => Dashes.Select(dash => (List<PatternPart>)[.. variant, PatternPart.Of(before + dash)]))];
                from = i + 1;
                if (variants.Count > MostVariants)
                {
                    throw new RuleFaultException(RuleFaultReason.TooLarge, line, "'windash' on a value with more than five dashes");
                }
            }

            PatternPart last = part.Kind == PatternPartKind.Literal ? PatternPart.Of(rest[from..]) : part;
            variants.ForEach(variant => variant.Add(last));
        }

        return [.. variants.Select(TextPattern.Of)];
    }

    /// <summary>No word character before it, one after it: the dashes within <c>-param-name</c> are part of a name.</summary>
    private static bool BeginsParameter(string text, int at) =>
        Dashes.Contains(text[at]) && (at == 0 || !IsWord(text[at - 1])) && at + 1 < text.Length && IsWord(text[at + 1]);

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
