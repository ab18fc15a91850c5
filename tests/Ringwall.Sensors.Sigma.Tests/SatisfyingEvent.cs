using System.Text;
using System.Text.Json;
using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Tests;

/// <summary>
/// Tries to write an event that a rule must match, from the rule alone: a choice of alternatives, and for each field a text made of the pieces that the
/// tests of that choice ask for. It knows nothing of negations and expressions, so the events must be tried.
/// </summary>
internal static class SatisfyingEvent
{
    private const int MostChoices = 400;

    public static IEnumerable<string> Candidates(SigmaRule rule)
    {
        foreach (List<Expression.Test> tests in Choices(rule.Expression, negated: false).Take(MostChoices))
        {
            yield return ToJson(rule.Category, tests);
        }
    }

    private static IEnumerable<List<Expression.Test>> Choices(Expression expression, bool negated)
    {
        switch (expression)
        {
            case Expression.Not not:
                return Choices(not.Part, !negated);
            case Expression.All all when !negated:
                return Product([.. all.Parts]);
            case Expression.Any any when !negated:
                return any.Parts.SelectMany(part => Choices(part, negated: false));
            case Expression.Test test when !negated:
                return [[test]];
            default:
                // Under a negation: hope that what the rest asks for is not what this excludes.
                return [[]];
        }
    }

    private static IEnumerable<List<Expression.Test>> Product(List<Expression> parts)
    {
        if (parts.Count == 0)
        {
            return [[]];
        }

        List<Expression> rest = parts[1..];
        return Choices(parts[0], negated: false).Take(30).SelectMany(first => Product(rest).Take(30).Select(tail => (List<Expression.Test>)[.. first, .. tail]));
    }

    private static string ToJson(SigmaCategory category, List<Expression.Test> tests)
    {
        var json = new StringBuilder("{\"category\":\"").Append(SigmaCategories.NameOf(category)).Append('"');
        foreach (IGrouping<string, Expression.Test> field in tests.GroupBy(test => test.Field ?? "Keyword"))
        {
            string? value = ValueFor([.. field.Select(test => test.Criterion)]);
            json.Append(",\"").Append(field.Key).Append("\":\"").Append(value is null ? "" : JsonEncodedText.Encode(value).ToString()).Append('"');
        }

        return json.Append('}').ToString();
    }

    private static string? ValueFor(List<Criterion> criteria)
    {
        string start = "";
        string middle = "";
        string end = "";
        string? whole = null;
        foreach (Criterion criterion in criteria)
        {
            switch (criterion)
            {
                case Criterion.Text text:
                    string literal = string.Concat(text.Pattern.Parts.Select(part => part.Kind == PatternPartKind.OneCharacter ? "x" : part.Literal));
                    if (!text.Pattern.StartsOpen && !text.Pattern.EndsOpen)
                    {
                        whole = literal;
                    }
                    else if (!text.Pattern.StartsOpen)
                    {
                        start = literal;
                    }
                    else if (!text.Pattern.EndsOpen)
                    {
                        end = literal;
                    }
                    else
                    {
                        middle += literal + " ";
                    }

                    break;
                case Criterion.Matches regex:
                    middle += ForExpression(regex.Source) + " ";
                    break;
            }
        }

        return whole ?? (start.Length > 0 ? start + " " : "") + middle + end;
    }

    /// <summary>Texts for the expressions of the public rules, by a piece of each.</summary>
    private static string ForExpression(string source) => source switch
    {
        _ when source.Contains("200", StringComparison.Ordinal) => new string('f', 210),
        _ when source.Contains("-D", StringComparison.Ordinal) => " -D ",
        _ when source.Contains("(W|R)", StringComparison.Ordinal) => "-W \"0a 0b 0c\" ",
        _ when source.Contains("[FTd]", StringComparison.Ordinal) => " -T x",
        _ when source.Contains("inode", StringComparison.Ordinal) => " --inode ",
        _ when source.Contains("directory", StringComparison.Ordinal) => " --directory ",
        _ when source.Contains("-O", StringComparison.Ordinal) => " -O ",
        _ => "",
    };
}
