using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Tests;

/// <summary>
/// What rules mean, written down as plainly as possible and without any of the product's matching code: every rule against every event, values in a
/// dictionary (null for null), patterns turned into the framework's expressions with backtracking.
/// </summary>
internal static class NaiveEvaluator
{
    public static List<string> Match(IEnumerable<SigmaRule> rules, SigmaCategory category, Dictionary<string, string?> fields) =>
        [.. rules.Where(rule => rule.Category == category && Holds(rule.Expression, fields)).Select(rule => rule.Id).Order(StringComparer.Ordinal)];

    private static bool Holds(Expression expression, Dictionary<string, string?> fields) => expression switch
    {
        Expression.All all => all.Parts.All(part => Holds(part, fields)),
        Expression.Any any => any.Parts.Any(part => Holds(part, fields)),
        Expression.Not not => !Holds(not.Part, fields),
        Expression.Test { Field: null } keyword => fields.Values.Any(value => value is not null && Holds(keyword.Criterion, value, fields)),
        Expression.Test { Criterion: Criterion.IsNull } test => fields.GetValueOrDefault(test.Field) is null,
        Expression.Test { Criterion: Criterion.Exists exists } test => fields.ContainsKey(test.Field) == exists.Wanted,
        Expression.Test test => fields.GetValueOrDefault(test.Field) is { } value && Holds(test.Criterion, value, fields),
        _ => throw new ArgumentException(expression.ToString()),
    };

    private static bool Holds(Criterion criterion, string value, Dictionary<string, string?> fields)
    {
        switch (criterion)
        {
            case Criterion.Text text:
                return Regex.IsMatch(text.Cased ? value : value.ToLowerInvariant(), ToRegex(text), RegexOptions.Singleline | RegexOptions.CultureInvariant);
            case Criterion.Matches regex:
                // A character beyond U+FFFF is one character.
                string characters = Regex.Replace(value, "[\uD800-\uDBFF][\uDC00-\uDFFF]", "_");
                return Regex.IsMatch(characters, regex.Source, regex.Options | RegexOptions.CultureInvariant);
            case Criterion.Compares compares:
                return decimal.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out decimal number)
                    && compares.Comparison switch
                    {
                        Comparison.Less => number < compares.Number,
                        Comparison.LessOrEqual => number <= compares.Number,
                        Comparison.Greater => number > compares.Number,
                        _ => number >= compares.Number,
                    };
            case Criterion.SameAs same:
                if (fields.GetValueOrDefault(same.OtherField) is not { } other)
                {
                    return false;
                }

                (string left, string right) = same.Cased ? (value, other) : (value.ToLowerInvariant(), other.ToLowerInvariant());
                return same.OpenStart && same.OpenEnd ? left.Contains(right, StringComparison.Ordinal)
                    : same.OpenStart ? left.EndsWith(right, StringComparison.Ordinal)
                    : same.OpenEnd ? left.StartsWith(right, StringComparison.Ordinal)
                    : left == right;
            default:
                throw new ArgumentException(criterion.ToString());
        }
    }

    private static string ToRegex(Criterion.Text text)
    {
        var regex = new StringBuilder("\\A");
        foreach (PatternPart part in text.Pattern.Parts)
        {
            regex.Append(part.Kind switch
            {
                PatternPartKind.AnyText => ".*",
                PatternPartKind.OneCharacter => "(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^\uD800-\uDFFF])",
                _ => Regex.Escape(text.Cased ? part.Literal : part.Literal.ToLowerInvariant()),
            });
        }

        return regex.Append("\\z").ToString();
    }
}
