using System.Globalization;
using Ringwall.Contract;
using Ringwall.Sdk;
using Ringwall.Sensors.Yara.Engine;

namespace Ringwall.Sensors.Yara.Sensing;

/// <summary>What people are told about a match.</summary>
internal static class MatchFinding
{
    public static Finding Of(RuleMatch match, bool late = false) =>
        new(match.Rule, late ? $"YARA rule {match.Rule} matches a file that was let through unscanned" : $"YARA rule {match.Rule} matches", SeverityOf(match))
        {
            Description = DescriptionOf(match),
            Tags = match.MetaOf("attack") is { } technique ? [.. match.Tags, $"attack.{technique.ToLowerInvariant()}"] : match.Tags,
        };

    /// <summary>Why the file is denied: the first rule, and how many more.</summary>
    public static string Reason(IReadOnlyList<RuleMatch> matches)
    {
        string first = DescriptionOf(matches[0]) is { Length: > 0 } description ? $"{matches[0].Rule}: {description}" : matches[0].Rule;
        return matches.Count == 1 ? $"YARA rule {first}" : $"YARA rule {first} (and {matches.Count - 1} more)";
    }

    /// <summary>
    /// Authors agree on no form. Understood are meta "severity" as an OCSF word or number, and "score" of 100 as in large public packs.
    /// Without either a match is high: somebody wrote a rule for this.
    /// </summary>
    public static Severity SeverityOf(RuleMatch match)
    {
        string severity = match.MetaOf("severity") ?? "";
        if (char.IsAsciiLetter(severity.FirstOrDefault()) && Enum.TryParse(severity, ignoreCase: true, out Severity word) && word != Severity.None)
        {
            return word;
        }

        if (int.TryParse(severity, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= 6)
        {
            return (Severity)number;
        }

        return int.TryParse(match.MetaOf("score"), NumberStyles.None, CultureInfo.InvariantCulture, out int score)
            ? score switch { >= 80 => Severity.Critical, >= 60 => Severity.High, >= 40 => Severity.Medium, _ => Severity.Low }
            : Severity.High;
    }

    private static string DescriptionOf(RuleMatch match) => match.MetaOf("description") ?? match.MetaOf("desc") ?? "";
}
